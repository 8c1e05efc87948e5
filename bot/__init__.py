"""The room that talks: channels, dialogs, pages, the command line."""

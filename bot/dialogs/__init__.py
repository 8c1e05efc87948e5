"""One file per conversation. A verb's handler gets the case and the words given so far; what is missing it asks for."""

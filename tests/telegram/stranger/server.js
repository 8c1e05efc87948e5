// telegram-test-api on 127.0.0.1:PORT, said to be up by one line: `node server.js PORT`.
const TelegramServer = require("telegram-test-api");

const [port] = process.argv.slice(2);
// What was said is kept longer than any walk takes.
const server = new TelegramServer({ host: "127.0.0.1", port: Number(port), storeTimeout: 3600 });
server.start().then(() => console.log("up"));
// Whoever started it holds its input open; left alone it ends.
process.stdin.on("end", () => process.exit(0)).resume();

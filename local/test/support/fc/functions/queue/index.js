// Writes every batch to a file; fails while the file named FAIL_FILE exists.
const { appendFileSync, existsSync } = require("node:fs");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.handler = async (event) => {
	appendFileSync(process.env.BATCH_FILE, `${event}\n`);
	while (existsSync(`${process.env.BATCH_FILE}.hold`)) await pause(5);
	if (existsSync(`${process.env.BATCH_FILE}.fail`)) throw new Error("this batch is not wanted");
	return "";
};

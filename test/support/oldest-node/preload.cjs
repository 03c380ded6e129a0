// Takes from Node.js what came after 20.10.0, the oldest that functions run on:
// `node --require …/preload.cjs` then fails where that is needed.
const later = require("./later-names.json");

for (const [path, names] of Object.entries(later)) {
	const target = targetOf(path);
	for (const name of names) delete target[name];
}

function targetOf(path) {
	const [root, ...parts] = path.split(".");
	if (root === "process") return process;
	if (root !== "globalThis") return require(`node:${root}`);
	return parts.reduce((value, part) => value[part], globalThis);
}

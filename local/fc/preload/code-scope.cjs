"use strict";
const { existsSync, readFileSync, realpathSync } = require("node:fs");
const Module = require("node:module");
const { dirname, extname, resolve, sep } = require("node:path");

const code = realpathSync(process.env.FC_FUNC_CODE_PATH);

/**
 * In the cloud nothing stands above the code folder: a package.json there, with
 * "type": "module" for instance, must not decide what the function's files are.
 */
function isPlainScript(filename) {
	if (extname(filename) !== ".js" || !filename.startsWith(code + sep)) return false;
	for (let folder = dirname(filename); ; folder = dirname(folder)) {
		if (existsSync(`${folder}${sep}package.json`)) return false;
		if (folder === code) return true;
	}
}

const loadScript = Module._extensions[".js"];
Module._extensions[".js"] = (module, filename) => {
	if (isPlainScript(filename)) module._compile(readFileSync(filename, "utf8"), filename);
	else loadScript(module, filename);
};

const runMain = Module.runMain;
Module.runMain = (main) => {
	const filename = main ?? process.argv[1];
	const found = filename && [filename, `${filename}.js`].map((name) => resolve(name)).find(isFile);
	if (found && isPlainScript(realpathSync(found))) Module._load(found, null, true);
	else runMain(main);
};

function isFile(path) {
	return extname(path) === ".js" && existsSync(path);
}

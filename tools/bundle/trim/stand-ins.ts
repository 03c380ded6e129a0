import { fileURLToPath } from "node:url";

const file = (name: string) => fileURLToPath(new URL(`../stand-ins/${name}`, import.meta.url));

/** Packages in whose place a small file of ours is bundled; each says why. */
export const STAND_INS: Readonly<Record<string, string>> = {
	debug: file("debug.cjs"),
	jsonata: file("jsonata.cjs"),
	"@alicloud/tea-xml": file("tea-xml.cjs"),
	"@protobufjs/inquire": file("inquire.cjs"),
};

/** Loaded by the vendors' packages for what no function does: whatever is done with them throws. */
export const LEFT_OUT_PACKAGES: ReadonlySet<string> = new Set([
	// Uploads of function code.
	"ali-oss",
	// `toMap` of models that requests here have none of. It brings lodash, moment, xml2js, ws and socks.
	"@darabonba/typescript",
]);

/** Where credentials may come from besides being given, and what Node.js before 7.6 needs. */
export const LEFT_OUT_FILES: Readonly<
	Record<string, { versions: readonly string[]; files: string[] }>
> = {
	"@alicloud/credentials": {
		versions: ["2.4.7"],
		files: [
			"dist/src/rsa_key_pair_credential.js",
			...["cli_profile", "default", "ecs_ram_role", "env", "oidc_role_arn", "profile"]
				.concat("ram_role_arn", "uri")
				.map((name) => `dist/src/providers/${name}.js`),
		],
	},
	"@alicloud/fc2": { versions: ["2.6.6"], files: ["es5/client.js"] },
};

/** A module that throws when anything of it is used. */
export const leftOut = (name: string): string =>
	`module.exports = require(${JSON.stringify(file("left-out.cjs"))})(${JSON.stringify(name)});`;

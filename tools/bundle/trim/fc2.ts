import { keepMentioned, methods, requires } from "./pieces.ts";
import type { Trim } from "./rule.ts";

/** Of the client of Function Compute 2.0 what an invocation needs; axios, ws and ali-oss go with the rest. */
export const fc2: Trim = {
	package: "@alicloud/fc2",
	version: "2.6.6",
	files: ["lib/client.js"],
	trim: ([source], called) =>
		keepMentioned([{ source, pieces: [...requires(source), ...methods(source, "Client")] }], called),
};

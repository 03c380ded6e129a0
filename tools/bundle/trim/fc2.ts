import { methods, requires } from "./pieces.ts";
import { type Trim, whole } from "./rule.ts";

/** Of the client of Function Compute 2.0 what an invocation needs; axios, ws and ali-oss go with the rest. */
export const fc2: Trim = {
	package: "@alicloud/fc2",
	versions: ["2.6.6"],
	files: {
		"index.js": whole,
		"lib/helper.js": whole,
		"lib/client.js": (source) => [...requires(source), ...methods(source, "Client")],
	},
};

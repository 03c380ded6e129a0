import { classes, methods, requires } from "./pieces.ts";
import type { Trim } from "./rule.ts";

/** Of the 388 operations of the IoT Platform those that are called, with their models. */
export const iot: Trim = {
	package: "@alicloud/iot20180120",
	versions: ["3.0.11"],
	files: {
		"dist/client.js": (source) => [
			...requires(source),
			...classes(source, "Client"),
			...methods(source, "Client"),
		],
	},
};

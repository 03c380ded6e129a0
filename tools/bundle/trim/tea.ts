import { functions, methods, type Piece, requires } from "./pieces.ts";
import type { Trim } from "./rule.ts";
import type { Source } from "./source.ts";

const helpers = (source: Source): Piece[] => [
	...requires(source),
	...functions(source),
	...methods(source, "Client"),
];

/** Signatures, time stamps and flat queries, of which each client brings its own version. */
export const openapiUtil: Trim = {
	package: "@alicloud/openapi-util",
	versions: ["0.2.9", "0.3.3"],
	files: { "dist/client.js": helpers },
	calledBy: ["@alicloud/iot20180120", "@alicloud/openapi-client"],
};

export const teaUtil: Trim = {
	package: "@alicloud/tea-util",
	versions: ["1.4.9", "1.4.11"],
	files: { "dist/client.js": helpers },
	calledBy: [...(openapiUtil.calledBy ?? []), openapiUtil.package],
};

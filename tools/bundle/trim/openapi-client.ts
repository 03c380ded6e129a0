import type { MethodDefinition } from "acorn";
import { classNamed, requires } from "./pieces.ts";
import type { Trim } from "./rule.ts";
import { expected, readSource, type Source } from "./source.ts";

/**
 * Ways to send a request that `callApi` takes only where a client is made with
 * another signature than the default (ACS3-HMAC-SHA256), which none is.
 */
const OTHER_SIGNATURES = ["doRPCRequest", "doROARequest", "doROARequestWithForm", "execute"];

export const openapiClient: Trim = {
	package: "@alicloud/openapi-client",
	versions: ["0.4.15"],
	files: { "dist/client.js": requires },
	prepare: (source) => OTHER_SIGNATURES.reduce(empty, source),
};

/** The method stays and says what it is when it is called after all. */
function empty(source: Source, method: string): Source {
	const found = classNamed(source, "Client").body.body.find(
		(node): node is MethodDefinition =>
			node.type === "MethodDefinition" &&
			node.key.type === "Identifier" &&
			node.key.name === method,
	);
	const { start, end } = expected(found, `method ${method}`, source).value.body;
	const lines = source.code.slice(start, end).replace(/[^\n]/g, "");
	const body = `{ throw new Error("${method} is left out of the bundles"); ${lines}}`;
	return readSource(source.name, source.code.slice(0, start) + body + source.code.slice(end));
}

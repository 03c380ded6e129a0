import type { InvocationContext } from "./frames.ts";

/** What a request to the function's server is for (`x-fc-control-path`). */
export type ControlPath = "/invoke" | "/http-invoke" | "/initialize" | "/pre-stop";

/** The context of one request: Function Compute, custom runtimes, "Context and log format". */
export function contextHeaders(
	context: InvocationContext,
	controlPath: ControlPath,
): Record<string, string> {
	const { credentials, service } = context;
	return {
		"x-fc-request-id": context.requestId,
		"x-fc-access-key-id": credentials.accessKeyId,
		"x-fc-access-key-secret": credentials.accessKeySecret,
		"x-fc-security-token": credentials.securityToken,
		"x-fc-function-name": context.function.name,
		"x-fc-function-handler": context.function.handler,
		"x-fc-function-memory": String(context.function.memory),
		"x-fc-function-timeout": String(context.function.timeout),
		"x-fc-region": context.region,
		"x-fc-account-id": context.accountId,
		"x-fc-qualifier": service.qualifier,
		"x-fc-version-id": service.versionId,
		"x-fc-control-path": controlPath,
	};
}

/** They concern one connection only (RFC 9110, 7.6.1), or are set anew. */
const HOP_BY_HOP = new Set([
	"connection",
	"expect",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);

/** The headers that go on, in either direction; those of the platform are the platform's only. */
export function passedOn(
	headers: NodeJS.Dict<string[]>,
	without: readonly string[] = [],
): Record<string, string | string[]> {
	const passed: Record<string, string | string[]> = {};
	for (const [name, values] of Object.entries(headers)) {
		if (!values || HOP_BY_HOP.has(name) || name.startsWith("x-fc-")) continue;
		if (without.includes(name)) continue;
		const [first, ...others] = values;
		passed[name] = first !== undefined && others.length === 0 ? first : values;
	}
	return passed;
}

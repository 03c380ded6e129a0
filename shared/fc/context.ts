import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "../credentials.ts";

/** What Function Compute says of one invocation, as far as it is used here. */
export interface FcContext {
	readonly requestId: string;
	readonly credentials?: Partial<Credentials>;
	/** Time limit of one invocation, in seconds. */
	readonly timeoutSeconds?: number;
}

/** Without a limit in the context, the shortest that s.yaml gives any function. */
const DEFAULT_TIMEOUT_SECONDS = 60;

/** When this invocation will be ended by force, in milliseconds since the epoch. */
export function timeLimit(context: FcContext, startedAt: number): number {
	return startedAt + (context.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
}

/** The context from a request's headers (Function Compute, "Context of custom runtimes"). */
export function contextOf(headers: IncomingHttpHeaders): FcContext {
	const header = (name: string): string | undefined => {
		const value = headers[`x-fc-${name}`];
		return (Array.isArray(value) ? value[0] : value) || undefined;
	};
	const accessKeyId = header("access-key-id");
	const accessKeySecret = header("access-key-secret");
	const securityToken = header("security-token");
	const timeout = Number(header("function-timeout"));
	return {
		requestId: header("request-id") ?? "unknown",
		...(timeout > 0 ? { timeoutSeconds: timeout } : {}),
		...(accessKeyId && accessKeySecret
			? {
					credentials: {
						accessKeyId,
						accessKeySecret,
						...(securityToken ? { securityToken } : {}),
					},
				}
			: {}),
	};
}

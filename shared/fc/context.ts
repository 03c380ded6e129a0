import type { Credentials } from "../credentials.ts";

/** What Function Compute hands to a handler beside the event, as far as it is used here. */
export interface FcContext {
	readonly requestId: string;
	readonly credentials?: Partial<Credentials>;
	readonly function?: {
		readonly name?: string;
		/** Time limit of one invocation, in seconds. */
		readonly timeout?: number;
	};
	readonly region?: string;
	readonly accountId?: string;
}

/** Without a limit in the context, the shortest that s.yaml gives any function. */
const DEFAULT_TIMEOUT_SECONDS = 60;

/** When this invocation will be ended by force, in milliseconds since the epoch. */
export function timeLimit(context: FcContext, startedAt: number): number {
	return startedAt + (context.function?.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
}

type Handler<Result> = (event: Buffer, context: FcContext) => Promise<Result>;

/** A handler that first takes over the credentials which its invocation brings along. */
export function withRole<Result>(
	role: { refresh(credentials: FcContext["credentials"]): void },
	handler: Handler<Result>,
): Handler<Result> {
	return (event, context) => {
		role.refresh(context.credentials);
		return handler(event, context);
	};
}

import type { Account } from "../../account.ts";
import type { Invocation } from "../invoker.ts";
import type { AsyncRequest } from "./store.ts";

/**
 * What a destination is told (Function Compute, "Result callback"): the
 * request, why it ended, and the answer. Payloads are texts.
 */
export function destinationBody(
	request: AsyncRequest,
	end: {
		readonly account: Account;
		readonly now: number;
		/** Empty for a success. */
		readonly condition: string;
		readonly invokeCount: number;
		readonly invocation: Invocation | undefined;
	},
): Buffer {
	const { account, invocation } = end;
	const payload = invocation && invocation.type !== "throttled" ? invocation.payload : undefined;
	return Buffer.from(
		JSON.stringify({
			timestamp: end.now,
			requestContext: {
				requestId: request.requestId,
				functionArn: `acs:fc:${account.region}:${account.accountId}:functions/${request.functionName}`,
				condition: end.condition,
				approximateInvokeCount: end.invokeCount,
			},
			requestPayload: request.payload.toString("utf8"),
			responseContext: {
				statusCode: invocation?.type === "throttled" ? 429 : 200,
				functionError: invocation?.type === "error" ? invocation.errorType : "",
			},
			responsePayload: payload?.toString("utf8") ?? "",
		}),
	);
}

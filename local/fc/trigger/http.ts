import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { readBody } from "../../http-server.ts";
import type { ServiceContext } from "../../service.ts";
import type { HttpTrigger } from "../../stack/index.ts";
import { type Answer, errorAnswer, headerMap, isGone, send, toFcError } from "../api/answer.ts";
import { authenticate } from "../api/authenticate.ts";
import { invokeFunction, isAsync } from "../api/invoke.ts";
import { fcErrors } from "../errors.ts";
import {
	type Functions,
	findFunction,
	MAX_ASYNC_PAYLOAD_BYTES,
	MAX_SYNC_PAYLOAD_BYTES,
} from "../functions.ts";
import { newRequestId } from "../ids.ts";
import type { HttpCall } from "../instance/custom-instance.ts";
import type { FunctionInvoker } from "../invoker.ts";
import { httpAnswer } from "./http-answer.ts";
import { httpEvent } from "./http-event.ts";

/** "Limits of HTTP triggers": the sum of all names and values. */
const MAX_HEADERS_BYTES = 8 * 1024;
/** The path and all query parameters. */
const MAX_URL_BYTES = 4 * 1024;

/** The address of one function's HTTP trigger. */
export function createHttpTrigger(
	context: ServiceContext,
	functions: Functions,
	functionName: string,
	trigger: HttpTrigger,
): RequestListener {
	return (request, response) => {
		const requestId = newRequestId(context.clock.now());
		handle(context, functions, functionName, trigger, request, response, requestId)
			.catch((error: unknown) => {
				if (isGone(request, response)) return undefined;
				const answer = errorAnswer(toFcError(error, context.log), requestId);
				return { ...answer, headers: { ...answer.headers, "x-fc-error-type": "FcCommonError" } };
			})
			.then((answer) => {
				if (answer && !response.destroyed) send(request, response, requestId, answer);
			})
			.catch(() => response.destroy());
	};
}

async function handle(
	context: ServiceContext,
	functions: Functions,
	functionName: string,
	trigger: HttpTrigger,
	request: IncomingMessage,
	response: ServerResponse,
	requestId: string,
): Promise<Answer | undefined> {
	const method = request.method ?? "GET";
	const url = request.url ?? "/";
	const headers = headerMap(request);
	const async = isAsync(headers);
	const limit = async ? MAX_ASYNC_PAYLOAD_BYTES : MAX_SYNC_PAYLOAD_BYTES;
	const body = await readBody(request, limit);
	if (url.length > MAX_URL_BYTES) {
		throw fcErrors.invalidArgument(`path and query are larger than ${MAX_URL_BYTES} bytes`);
	}
	if (headerBytes(request) > MAX_HEADERS_BYTES) {
		throw fcErrors.invalidArgument(`the headers are larger than ${MAX_HEADERS_BYTES} bytes`);
	}
	if (!trigger.methods.includes(method)) {
		throw fcErrors.accessDenied(`the HTTP trigger does not allow the method ${method}`);
	}
	if (trigger.authType === "function") {
		const signed = { method, url, headers };
		authenticate(signed, body, context.account, context.clock, { signedQuery: true });
	}
	const invoker = findFunction(functions, functionName);
	if (invoker.definition.custom) {
		if (async) throw fcErrors.invalidArgument("custom runtimes are not called asynchronously here");
		return toServer(invoker, requestId, { request, body, response });
	}
	const now = context.clock.now();
	const event = httpEvent(request, body, { account: context.account, requestId, now });
	if (async) {
		return invokeFunction(functions, {
			requestId,
			functionName,
			qualifier: "",
			headers,
			body: event,
		});
	}
	const invocation = await invoker.invoke(requestId, event);
	switch (invocation.type) {
		case "throttled":
			throw fcErrors.resourceExhausted(functionName, invocation.limit);
		case "error":
			return functionError(invocation.payload, invocation.errorType);
		case "success": {
			const mapped = httpAnswer(invocation.payload);
			if (mapped.ok) return mapped.answer;
			context.log(
				`${functionName} ${requestId} answered what is no HTTP response: ${mapped.reason}`,
			);
			const errorMessage = `the function's result is no HTTP response: ${mapped.reason}`;
			return functionError(
				Buffer.from(JSON.stringify({ errorMessage })),
				"UnhandledInvocationError",
			);
		}
	}
}

/** A custom runtime's server answers by itself; what it could not answer is left to the trigger. */
async function toServer(
	invoker: FunctionInvoker,
	requestId: string,
	call: HttpCall,
): Promise<Answer | undefined> {
	const invocation = await invoker.forward(requestId, call);
	if (invocation.type === "throttled") {
		throw fcErrors.resourceExhausted(invoker.definition.functionName, invocation.limit);
	}
	if (invocation.type === "success") return undefined;
	if (!call.response.headersSent) {
		return functionError(invocation.payload, invocation.errorType);
	}
	// The caller sees from the broken connection that the rest is missing.
	call.response.destroy();
	return undefined;
}

/** An error of the function is a 502 with its envelope ("FAQ about HTTP triggers"). */
function functionError(body: Buffer, errorType: string): Answer {
	return {
		status: 502,
		headers: { "content-type": "application/json", "x-fc-error-type": errorType },
		body,
	};
}

function headerBytes(request: IncomingMessage): number {
	return request.rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

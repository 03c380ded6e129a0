import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLarge } from "../../http-server.ts";
import { FcError, fcErrors } from "../errors.ts";

const BODILESS = new Set([204, 205, 304]);

export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	readonly body: Buffer;
}

export function jsonAnswer(status: number, value: unknown): Answer {
	return {
		status,
		headers: { "content-type": "application/json" },
		body: Buffer.from(JSON.stringify(value)),
	};
}

/**
 * The error body in the words of both editions: `ErrorCode` and `ErrorMessage`
 * are read by @alicloud/fc2, `Code`, `Message` and `RequestId` by the SDKs of
 * 2023-03-30.
 */
export function errorAnswer(error: FcError, requestId: string): Answer {
	return jsonAnswer(error.status, {
		ErrorCode: error.code,
		ErrorMessage: error.message,
		Code: error.code,
		Message: error.message,
		RequestId: requestId,
	});
}

/** What a thrown thing means to the client; what was not foreseen is logged and is a 500. */
export function toFcError(error: unknown, log: (line: string) => void): FcError {
	if (error instanceof FcError) return error;
	if (error instanceof BodyTooLarge) return fcErrors.payloadTooLarge(error.limitBytes);
	log(`unforeseen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	return fcErrors.internal();
}

/** Whether the client went away, so that nobody is left to be answered. */
export function isGone(request: IncomingMessage, response: ServerResponse): boolean {
	return response.destroyed || (request.destroyed && !request.complete);
}

export function send(
	request: IncomingMessage,
	response: ServerResponse,
	requestId: string,
	answer: Answer,
): void {
	response.statusCode = answer.status;
	response.setHeader("x-fc-request-id", requestId);
	for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
	// RFC 9110, 8.6: these have no body, and 204 no length either.
	if (BODILESS.has(answer.status)) {
		response.end();
		return;
	}
	response.setHeader("content-length", answer.body.length);
	response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** Headers with their names in lower case, repeated ones joined by commas. */
export function headerMap(request: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(request.headersDistinct)) {
		if (value) headers[name] = value.join(",");
	}
	return headers;
}

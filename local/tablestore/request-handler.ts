import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { inflateSync } from "node:zlib";
import type { Account } from "../account.ts";
import type { Counter } from "../counter.ts";
import { BodyTooLarge, readBody } from "../http-server.ts";
import { BROKEN, type FaultChooser, GARBAGE, GARBLED, underFault } from "../request-fault.ts";
import { authenticate, type Caller, checkContent } from "./auth/authenticate.ts";
import { responseText, signV2 } from "./auth/signature.ts";
import {
	bodyTooLarge,
	internalError,
	methodNotAllowed,
	OtsError,
	parameterInvalid,
	unsupportedOperation,
} from "./errors.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
import type { Environment } from "./operations/environment.ts";
import { operations } from "./operations/operations.ts";
import { MalformedMessage } from "./wire/protobuf.ts";
import { ErrorMessage } from "./wire/row-messages.ts";

interface HandlerOptions {
	readonly account: Account;
	readonly instance: string;
	readonly maxClockSkewMs: number | undefined;
	readonly log: (line: string) => void;
	readonly chooseFault: FaultChooser;
	/** By operation; those that a fault strikes as well. */
	readonly requests: Counter;
}

interface Answer {
	readonly status: number;
	readonly body: Buffer;
	/** Known once the signature was found right; the answer is signed only then. */
	readonly caller: Caller | undefined;
}

/** HTTP in front of the operations: `POST /{Operation}`, protocol buffers both ways. */
export function requestHandler(environment: Environment, options: HandlerOptions): RequestListener {
	return (request, response) => {
		const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
		handle(environment, options, request, path).then(
			(answer) => {
				if (answer === BROKEN) response.destroy();
				else send(response, path, answer, environment.clock.now());
			},
			// The client is gone before its request was read: there is nobody to answer.
			() => response.destroy(),
		);
	};
}

async function handle(
	environment: Environment,
	options: HandlerOptions,
	request: IncomingMessage,
	path: string,
): Promise<Answer | typeof BROKEN> {
	let body: Buffer | undefined;
	try {
		body = await readBody(request, MAX_BODY_BYTES);
	} catch (error) {
		if (!(error instanceof BodyTooLarge)) throw error;
	}
	let caller: Caller | undefined;
	try {
		if (request.method !== "POST") throw methodNotAllowed();
		const name = path.slice(1);
		const operation = operations.get(name);
		if (!operation) throw unsupportedOperation(name);
		if (!body) throw bodyTooLarge();
		const { account, instance, maxClockSkewMs } = options;
		const nowMs = environment.clock.now();
		caller = authenticate(path, request.headers, { account, instance, nowMs, maxClockSkewMs });
		checkContent(request.headers, body);
		options.requests.add(name);
		const content = uncompressed(request.headers["x-ots-request-compress-type"], body);
		const fault = options.chooseFault(name);
		if (fault?.kind === "error") throw new OtsError(fault.status, fault.code, fault.message);
		const done = await underFault(fault, environment.clock, () => operation(environment, content));
		if (done === BROKEN) return BROKEN;
		return { status: 200, body: done === GARBLED ? GARBAGE : done, caller };
	} catch (error) {
		const failure = asOtsError(error);
		if (failure.status >= 500) options.log(`tablestore ${path}: ${String(error)}`);
		const { status, code, message } = failure;
		return { status, body: ErrorMessage.encode({ code, message }), caller };
	}
}

function asOtsError(error: unknown): OtsError {
	if (error instanceof OtsError) return error;
	if (error instanceof MalformedMessage) {
		return parameterInvalid("Parse PBMessage from RawString failed.");
	}
	return internalError();
}

/** The Java SDK can compress its requests; its MD5 is that of the compressed bytes. */
function uncompressed(type: string | string[] | undefined, body: Buffer): Buffer {
	if (type === undefined || type === "") return body;
	if (type !== "deflate") throw parameterInvalid(`Unsupported compress type: ${String(type)}.`);
	try {
		return inflateSync(body, { maxOutputLength: MAX_BODY_BYTES });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw bodyTooLarge();
		throw parameterInvalid("Cannot deserialize the request data.");
	}
}

function send(response: ServerResponse, path: string, answer: Answer, nowMs: number): void {
	const { status, body, caller } = answer;
	const signed = {
		"x-ots-contentmd5": createHash("md5").update(body).digest("base64"),
		"x-ots-contenttype": "protocol buffer",
		"x-ots-date": new Date(nowMs).toISOString(),
		"x-ots-requestid": randomUUID(),
	};
	const authorization = caller && {
		authorization: `OTS ${caller.accessKeyId}:${signV2(caller.signingKey, responseText(path, signed))}`,
	};
	response.writeHead(status, {
		...signed,
		...authorization,
		"content-type": "application/x.pb2",
		"content-length": body.length,
	});
	response.end(body);
}

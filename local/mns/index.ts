import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../clock/clock.ts";
import { Counter } from "../counter.ts";
import { BodyTooLarge, listenHttp, readBody } from "../http-server.ts";
import {
	BROKEN,
	type FaultChooser,
	GARBAGE,
	GARBLED,
	noFault,
	underFault,
} from "../request-fault.ts";
import type { LocalService, Queues, ServiceContext } from "../service.ts";
import { fillDisk, openDatabase } from "../store/database.ts";
import { QueueEngine } from "./engine.ts";
import { MnsError } from "./errors.ts";
import { API_VERSION, MAX_CLOCK_SKEW_MS, MAX_REQUEST_BYTES } from "./limits.ts";
import { operationName } from "./operation-name.ts";
import { inProcessQueues } from "./queues.ts";
import type { Reply } from "./reply.ts";
import { type MnsRequest, readTarget } from "./request.ts";
import { route } from "./router.ts";
import { authenticate } from "./signature.ts";
import { MnsStore } from "./store.ts";
import { writeXml } from "./xml.ts";

export interface MnsService extends LocalService {
	/** The same queues without HTTP in between. */
	readonly queues: Queues;
	/** Signed requests by operation. */
	readonly requests: Counter;
	/** From now on asks `choose` for every request, and for what is received without HTTP. */
	injectFaults(choose?: FaultChooser): void;
	/** Whether nothing can be written any more. */
	fillDisk(full: boolean): void;
}

export interface MnsOptions {
	/** How far a request's date may be from the clock; undefined: any date is taken. */
	readonly maxClockSkewMs: number | undefined;
}

/**
 * Simple Message Queue (formerly MNS), queues only: the XML API of version
 * 2015-06-06, in front of one SQLite database.
 *
 * Clients sign with the wall clock. Under a virtual clock a comparison with
 * their dates means nothing, so by default it is made under the system's clock only.
 */
export async function startMns(
	context: ServiceContext,
	options: MnsOptions = {
		maxClockSkewMs: context.clock === systemClock ? MAX_CLOCK_SKEW_MS : undefined,
	},
): Promise<MnsService> {
	const db = openDatabase(context.dataDir, "mns");
	const engine = new QueueEngine(new MnsStore(db), context.clock);
	const requests = new Counter();
	let chooseFault = noFault;
	const choose: FaultChooser = (operation) => chooseFault(operation);
	const http = await listenHttp(context.port, (request, response) => {
		const requestId = randomUUID().replaceAll("-", "").slice(0, 24).toUpperCase();
		answer(context, engine, { ...options, requests, choose }, request, response)
			.catch((error: unknown) => failure(context, error, requestId, request))
			.then((reply) => {
				if (reply === BROKEN) response.destroy();
				else write(response, reply, requestId);
			})
			.catch(() => response.destroy());
	});
	return {
		url: http.url,
		requests,
		queues: inProcessQueues(engine, context.clock, choose),
		injectFaults(chooser = noFault) {
			chooseFault = chooser;
		},
		fillDisk: (full) => fillDisk(db, full),
		close: async () => {
			engine.close();
			await http.close();
			db.close();
		},
	};
}

async function answer(
	context: ServiceContext,
	engine: QueueEngine,
	options: MnsOptions & { readonly requests: Counter; readonly choose: FaultChooser },
	incoming: IncomingMessage,
	response: ServerResponse,
): Promise<Reply | typeof BROKEN> {
	const gone = new AbortController();
	response.once("close", () => gone.abort());
	const body = await readBody(incoming, MAX_REQUEST_BYTES);
	const { method = "GET", url: target = "/", headers } = incoming;
	authenticate(
		{ method, target, headers, body },
		context.account,
		context.clock.now(),
		options.maxClockSkewMs,
	);
	const request: MnsRequest = {
		method,
		...readTarget(target),
		header: (name) => headers[name]?.toString(),
		body,
		baseUrl: baseUrlOf(incoming),
		signal: gone.signal,
	};
	const operation = operationName(request);
	if (operation) options.requests.add(operation);
	const fault = options.choose(operation ?? "");
	if (fault?.kind === "error") throw new InjectedError(fault);
	const done = await underFault(fault, context.clock, () => route(engine, context.clock, request));
	return done === GARBLED ? { status: 200, body: GARBAGE.toString("latin1") } : done;
}

function failure(
	context: ServiceContext,
	error: unknown,
	requestId: string,
	incoming: IncomingMessage,
): Reply {
	const known = toMnsError(error);
	if (known.code === "InternalError") context.log(`mns: ${String(error)}`);
	return {
		status: known.status,
		body: writeXml("Error", {
			Code: known.code,
			Message: known.message,
			RequestId: requestId,
			HostId: baseUrlOf(incoming),
		}),
	};
}

/** An error that a fault asks for. */
class InjectedError extends Error {
	readonly fault: { readonly status: number; readonly code: string; readonly message: string };

	constructor(fault: InjectedError["fault"]) {
		super(fault.message);
		this.fault = fault;
	}
}

function toMnsError(error: unknown): {
	readonly status: number;
	readonly code: string;
	readonly message: string;
} {
	if (error instanceof InjectedError) return error.fault;
	if (error instanceof MnsError) return error;
	if (error instanceof BodyTooLarge) {
		return new MnsError("InvalidArgument", `The request is larger than ${error.limitBytes} bytes.`);
	}
	return new MnsError("InternalError");
}

function write(response: ServerResponse, reply: Reply, requestId: string): void {
	if (response.destroyed) return;
	response.statusCode = reply.status;
	response.setHeader("x-mns-request-id", requestId);
	response.setHeader("x-mns-version", API_VERSION);
	response.setHeader("Server", "AliyunMNS");
	if (reply.location !== undefined) response.setHeader("Location", reply.location);
	if (reply.body === undefined) {
		response.end();
		return;
	}
	response.setHeader("Content-Type", "text/xml;charset=utf-8");
	response.setHeader("Content-Length", Buffer.byteLength(reply.body));
	response.end(reply.body);
}

/** As the client named the service, so that the addresses it is given lead back here. */
function baseUrlOf({ headers, socket }: IncomingMessage): string {
	return `http://${headers.host ?? `127.0.0.1:${socket.localPort}`}`;
}

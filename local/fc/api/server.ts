import type { IncomingMessage, RequestListener } from "node:http";
import { readBody } from "../../http-server.ts";
import { BROKEN, type FaultChooser, GARBAGE, GARBLED, underFault } from "../../request-fault.ts";
import type { ServiceContext } from "../../service.ts";
import { FcError, fcErrors } from "../errors.ts";
import { type Functions, MAX_ASYNC_PAYLOAD_BYTES, MAX_SYNC_PAYLOAD_BYTES } from "../functions.ts";
import { newRequestId } from "../ids.ts";
import { type Answer, errorAnswer, headerMap, isGone, send, toFcError } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { type Edition, getFunction, listFunctions } from "./functions.ts";
import { type InvokeRequest, invokeFunction, isAsync } from "./invoke.ts";
import { getAsyncTask, listAsyncTasks } from "./tasks.ts";

/** Editions of the API; the path begins with one of them. */
const CLASSIC = /^\/2016-08-15\/services\/([^/]+)\/functions(?:\/([^/]+)(\/invocations)?)?$/;
const NEW = /^\/2023-03-30\/functions(?:\/([^/]+)(?:\/(invocations|async-tasks)(?:\/([^/]+))?)?)?$/;

type Operation =
	| { readonly type: "invoke"; readonly functionName: string; readonly qualifier: string }
	| { readonly type: "get-function"; readonly functionName: string; readonly edition: Edition }
	| { readonly type: "list-functions"; readonly edition: Edition }
	| { readonly type: "get-task"; readonly functionName: string; readonly taskId: string }
	| { readonly type: "list-tasks"; readonly functionName: string };

/** As the documentation names them, for faults. */
const NAMES = {
	invoke: "InvokeFunction",
	"get-function": "GetFunction",
	"list-functions": "ListFunctions",
	"get-task": "GetAsyncTask",
	"list-tasks": "ListAsyncTasks",
} as const satisfies Record<Operation["type"], string>;

/** The API of both editions. */
export function createApi(
	context: ServiceContext,
	functions: Functions,
	chooseFault: FaultChooser,
): RequestListener {
	return (request, response) => {
		const requestId = newRequestId(context.clock.now());
		handle(context, functions, chooseFault, request, requestId)
			.catch((error: unknown) => {
				if (isGone(request, response)) return undefined;
				return errorAnswer(toFcError(error, context.log), requestId);
			})
			.then((answer) => {
				if (answer === BROKEN) response.destroy();
				else if (answer && !response.destroyed) send(request, response, requestId, answer);
			})
			.catch(() => response.destroy());
	};
}

async function handle(
	context: ServiceContext,
	functions: Functions,
	chooseFault: FaultChooser,
	request: IncomingMessage,
	requestId: string,
): Promise<Answer | typeof BROKEN> {
	const headers = headerMap(request);
	const limit = isAsync(headers) ? MAX_ASYNC_PAYLOAD_BYTES : MAX_SYNC_PAYLOAD_BYTES;
	const body = await readBody(request, limit);
	const url = request.url ?? "/";
	const method = request.method ?? "GET";
	authenticate({ method, url, headers }, body, context.account, context.clock);
	const mark = url.indexOf("?");
	const path = mark < 0 ? url : url.slice(0, mark);
	const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
	const operation = route(method, path, query);
	const fault = chooseFault(NAMES[operation.type]);
	if (fault?.kind === "error") throw new FcError(fault.status, fault.code, fault.message);
	const done = await underFault(fault, context.clock, () =>
		carryOut(context, functions, operation, query, { requestId, headers, body }),
	);
	if (done !== GARBLED) return done;
	return { status: 200, headers: { "content-type": "application/json" }, body: GARBAGE };
}

function carryOut(
	context: ServiceContext,
	functions: Functions,
	operation: Operation,
	query: URLSearchParams,
	request: Pick<InvokeRequest, "requestId" | "headers" | "body">,
): Answer | Promise<Answer> {
	switch (operation.type) {
		case "invoke":
			return invokeFunction(functions, { ...operation, ...request });
		case "get-function":
			return getFunction(functions, context, operation.functionName, operation.edition);
		case "list-functions":
			return listFunctions(functions, context, query, operation.edition);
		case "get-task":
			return getAsyncTask(functions, context.account, operation.functionName, operation.taskId);
		case "list-tasks":
			return listAsyncTasks(functions, context.account, operation.functionName, query);
	}
}

function route(method: string, path: string, query: URLSearchParams): Operation {
	const classic = CLASSIC.exec(path);
	if (classic) {
		const [, service = "", name, invocations] = classic;
		if (name === undefined) {
			if (method === "GET") return { type: "list-functions", edition: "classic" };
			throw fcErrors.pathNotSupported(method, path);
		}
		const functionName = decode(name);
		// Services are gone in 3.0: any name of one is accepted, its qualifier counts.
		const qualifier = decode(service).split(".")[1] ?? "";
		if (method === "POST" && invocations) return { type: "invoke", functionName, qualifier };
		if (method === "GET" && !invocations) {
			return { type: "get-function", functionName, edition: "classic" };
		}
	}
	const current = NEW.exec(path);
	if (current) {
		const [, name, part, id] = current;
		if (name === undefined) {
			if (method === "GET") return { type: "list-functions", edition: "new" };
			throw fcErrors.pathNotSupported(method, path);
		}
		const functionName = decode(name);
		if (method === "POST" && part === "invocations" && id === undefined) {
			return { type: "invoke", functionName, qualifier: query.get("qualifier") ?? "" };
		}
		if (method === "GET" && part === undefined) {
			return { type: "get-function", functionName, edition: "new" };
		}
		if (method === "GET" && part === "async-tasks") {
			if (id === undefined) return { type: "list-tasks", functionName };
			return { type: "get-task", functionName, taskId: decode(id) };
		}
	}
	throw fcErrors.pathNotSupported(method, path);
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw fcErrors.invalidArgument(`'${part}' cannot be decoded`);
	}
}

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Counter } from "../../counter.ts";
import { BodyTooLarge } from "../../http-server.ts";
import { BROKEN, type FaultChooser, GARBAGE, GARBLED, underFault } from "../../request-fault.ts";
import { GatewayError, missing, PlatformError, throttled } from "../errors.ts";
import { OPERATIONS } from "../operations/index.ts";
import type { JsonObject, Operation } from "../operations/operation.ts";
import type { Platform } from "../platform.ts";
import { type FaultPlan, failureOf } from "./faults.ts";
import { header, type RpcRequest, readRequest } from "./request.ts";
import { CONTENT_TYPE, type Format, render } from "./response.ts";
import { type SignatureCheck, verifySignature } from "./signature.ts";
import { createThrottle, type Throttle, type ThrottleModel } from "./throttle.ts";

const VERSION = "2018-01-20";
const METHODS = new Set(["GET", "POST"]);

export interface ApiOptions {
	readonly platform: Platform;
	readonly signature: SignatureCheck;
	readonly faults: FaultPlan;
	readonly chooseFault: FaultChooser;
	readonly throttle: ThrottleModel;
	/** Calls per second of InvokeThingService and SetDeviceProperty. */
	readonly quotaPerSecond: number;
	readonly log: (line: string) => void;
	/** By operation; those that are throttled as well. */
	readonly requests: Counter;
}

/** These two share the quota that the account may raise; the others have limits of their own. */
const RAISABLE = new Set(["InvokeThingService", "SetDeviceProperty"]);

interface Answer {
	readonly status: number;
	readonly root: string;
	readonly body: JsonObject;
}

/** The HTTP API of IoT Platform: an RPC product behind the common gateway. */
export class Api {
	readonly #options: ApiOptions;
	readonly #throttles: ReadonlyMap<string, Throttle>;

	constructor(options: ApiOptions) {
		this.#options = options;
		this.#throttles = new Map(
			[...OPERATIONS].map(([action, { perSecond }]) => [
				action,
				createThrottle(options.throttle, RAISABLE.has(action) ? options.quotaPerSecond : perSecond),
			]),
		);
	}

	readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
		this.#serve(request, response).catch((error: unknown) => {
			// A request that was cut off has nobody to be answered.
			if (!request.destroyed) this.#options.log(`iot: ${String(error)}`);
			response.destroy();
		});
	};

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const requestId = randomUUID().toUpperCase();
		let rpc: RpcRequest;
		try {
			rpc = await readRequest(request);
		} catch (error) {
			if (!(error instanceof BodyTooLarge)) throw error;
			const refusal = new GatewayError(413, "RequestBodyTooLarge", error.message);
			this.#write(response, "JSON", gatewayAnswer(refusal, requestId, request), false);
			return;
		}
		const format = formatOf(rpc);
		const action = common(rpc, "x-acs-action", "Action") ?? "";
		const faults = this.#options.faults.forCall(action);
		let answer: Answer;
		let truncated = false;
		try {
			const operation = this.#admit(rpc, action);
			faults.fail("before");
			if (this.#break(faults.breakage("before"), response)) return;
			const { platform, chooseFault } = this.#options;
			const fault = chooseFault(action);
			if (fault?.kind === "error") throw failureOf(fault);
			const result = await underFault(fault, platform.clock, () =>
				operation.run({ platform, params: rpc.params }),
			);
			if (result === BROKEN) {
				response.socket?.resetAndDestroy();
				return;
			}
			if (result === GARBLED) {
				response.end(GARBAGE);
				return;
			}
			await faults.delay();
			faults.fail("after");
			if (this.#break(faults.breakage("after"), response)) return;
			truncated = faults.truncates();
			answer = {
				status: 200,
				root: `${action}Response`,
				body: { RequestId: requestId, Success: true, ...result },
			};
		} catch (error) {
			answer = this.#refusal(error, action, requestId, request);
		}
		this.#write(response, format, answer, truncated);
	}

	/** Everything that comes before the operation. @throws GatewayError */
	#admit(rpc: RpcRequest, action: string): Operation {
		const { signature, platform } = this.#options;
		if (!METHODS.has(rpc.method)) {
			throw new GatewayError(405, "UnsupportedHTTPMethod", "This http method is not supported.");
		}
		const format = rpc.params.get("Format");
		if (format !== undefined && !/^(json|xml)$/i.test(format)) {
			throw new GatewayError(
				400,
				"InvalidParameter.Format",
				"Specified parameter format is not valid.",
			);
		}
		if (action === "") throw missing("Action");
		const version = common(rpc, "x-acs-version", "Version");
		if (version === undefined) throw missing("Version");
		if (version !== VERSION) {
			throw new GatewayError(400, "InvalidVersion", "Specified parameter Version is not valid.");
		}
		const operation = OPERATIONS.get(action);
		if (!operation) {
			throw new GatewayError(
				404,
				"InvalidAction.NotFound",
				"Specified api is not found, please check your url and method.",
			);
		}
		const now = platform.clock.now();
		verifySignature(rpc, signature, now);
		this.#options.requests.add(action);
		if (this.#throttles.get(action)?.take(now) === false) throw throttled();
		for (const name of operation.required) {
			if (!rpc.params.get(name)) throw missing(name);
		}
		checkInstance(platform.instanceId, rpc.params.get("IotInstanceId"));
		return operation;
	}

	#refusal(error: unknown, action: string, requestId: string, request: IncomingMessage): Answer {
		if (error instanceof PlatformError) {
			return {
				status: 200,
				root: `${action}Response`,
				body: {
					RequestId: requestId,
					Success: false,
					Code: error.code,
					ErrorMessage: error.message,
				},
			};
		}
		if (error instanceof GatewayError) return gatewayAnswer(error, requestId, request);
		this.#options.log(`iot: ${action} failed: ${String(error)}`);
		const internal = new GatewayError(
			500,
			"InternalError",
			"The request processing has failed due to some unknown error.",
		);
		return gatewayAnswer(internal, requestId, request);
	}

	/** @returns whether the connection was broken, and no answer must follow. */
	#break(how: "hang" | "reset" | undefined, response: ServerResponse): boolean {
		if (how === "reset") response.socket?.resetAndDestroy();
		return how !== undefined;
	}

	#write(response: ServerResponse, format: Format, answer: Answer, truncated: boolean): void {
		const body = Buffer.from(render(format, answer.root, answer.body));
		response.writeHead(answer.status, {
			"content-type": CONTENT_TYPE[format],
			"content-length": body.length,
			"x-acs-request-id": String(answer.body["RequestId"]),
		});
		if (!truncated) response.end(body);
		else response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
	}
}

/** Some clients send both; what counts is where the signature is, since it covers that one. */
function common(rpc: RpcRequest, headerName: string, parameter: string): string | undefined {
	const [fromHeader, fromParams] = [header(rpc, headerName), rpc.params.get(parameter)];
	return header(rpc, "authorization") ? (fromHeader ?? fromParams) : (fromParams ?? fromHeader);
}

/** The default is XML for the RPC style and JSON where the headers sign (document_detail/25490, 315526). */
function formatOf(rpc: RpcRequest): Format {
	const wanted = rpc.params.get("Format")?.toUpperCase();
	if (wanted === "JSON" || wanted === "XML") return wanted;
	return header(rpc, "authorization") ? "JSON" : "XML";
}

function checkInstance(own: string | undefined, given: string | undefined): void {
	if ((own ?? "") === (given ?? "")) return;
	throw given
		? new PlatformError("iot.Sre.IotInstanceNotFound", "The specified instance does not exist.")
		: new PlatformError(
				"iot.system.InstanceNotFound",
				"IotInstanceId is mandatory for an account with an instance.",
			);
}

function gatewayAnswer(error: GatewayError, requestId: string, request: IncomingMessage): Answer {
	return {
		status: error.status,
		root: "Error",
		body: {
			RequestId: requestId,
			HostId: request.headers.host ?? "",
			Code: error.code,
			Message: error.message,
			Recommend: `https://api.aliyun.com/troubleshoot?q=${error.code}&product=Iot`,
		},
	};
}

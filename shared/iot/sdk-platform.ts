import sdk, {
	GetThingModelTslRequest,
	InvokeThingServiceRequest,
	InvokeThingsServiceRequest,
	QueryDeviceDetailRequest,
} from "@alicloud/iot20180120";
import { Config } from "@alicloud/openapi-client";
import type { Clock } from "../clock.ts";
import type { ApiAnswer } from "../command/command.ts";
import type { DeviceRef } from "../command/device.ts";
import type { CredentialSource } from "../credentials.ts";
import { withDeadline } from "../deadline.ts";
import {
	type CallResult,
	IotError,
	type IotPlatform,
	type ServiceCall,
	type ServicesCall,
} from "./platform.ts";

type Client = InstanceType<typeof sdk.default>;
type Runtime = Parameters<Client["invokeThingServiceWithOptions"]>[1];

const QUERY_TIMEOUT_MS = 5_000;
/**
 * What the platform's own answer may take beyond the wait for a device. The
 * SDK's defaults (3 s) are shorter than a synchronous service may last.
 */
const ANSWER_MARGIN_MS = 5_000;
/** The SDK's own timeout comes first; ours is for what it does not notice, such as an answer that stops halfway. */
const DEADLINE_MARGIN_MS = 1_000;
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

interface SdkPlatformOptions {
	/** `iot.cn-shanghai.aliyuncs.com`, or `http://127.0.0.1:PORT` for the local cloud. */
	readonly endpoint: string;
	readonly region: string;
	/** Needed by Enterprise Edition instances, absent for the public one. */
	readonly iotInstanceId?: string;
	/** How long the platform waits for the device of a synchronous service. */
	readonly syncTimeoutMs: number;
	readonly credentials: CredentialSource;
	readonly clock: Clock;
}

/** How long one InvokeThingService may take in all, in milliseconds. */
export const maxCallMs = (syncTimeoutMs: number): number =>
	syncTimeoutMs + ANSWER_MARGIN_MS + DEADLINE_MARGIN_MS;

/** IoT Platform through npm `@alicloud/iot20180120`, with everything that it may throw turned into a `CallResult`. */
export class SdkPlatform implements IotPlatform {
	readonly #options: SdkPlatformOptions;
	#client: { readonly sdk: Client; readonly signedWith: string } | undefined;

	constructor(options: SdkPlatformOptions) {
		this.#options = options;
	}

	async invokeService(call: ServiceCall): Promise<CallResult> {
		const request = new InvokeThingServiceRequest({
			...this.#deviceOf(call.device),
			identifier: call.service,
			args: call.args,
		});
		const runtime = {
			...timeouts(this.#options.syncTimeoutMs + ANSWER_MARGIN_MS),
			// The SDK's request has no such field, but signs whatever it is given (InvokeThingService, Qos).
			...(call.qos === 1 ? { extendsParameters: { queries: { Qos: "1" } } } : {}),
		};
		return this.#call(request, runtime, (client, options) =>
			client.invokeThingServiceWithOptions(request, options),
		).then(({ result }) => result);
	}

	async invokeServices(call: ServicesCall): Promise<CallResult> {
		const request = new InvokeThingsServiceRequest({
			...this.instance,
			productKey: call.productKey,
			deviceName: [...call.deviceNames],
			identifier: call.service,
			args: call.args,
		});
		const runtime = timeouts(this.#options.syncTimeoutMs + ANSWER_MARGIN_MS);
		return this.#call(request, runtime, (client, options) =>
			client.invokeThingsServiceWithOptions(request, options),
		).then(({ result }) => result);
	}

	async thingModel(productKey: string, module: string | undefined): Promise<string> {
		const request = new GetThingModelTslRequest({
			productKey,
			...this.instance,
			...(module ? { functionBlockId: module } : {}),
		});
		const data = await this.#query("GetThingModelTsl", request, (client, runtime) =>
			client.getThingModelTslWithOptions(request, runtime),
		);
		return data?.tslStr ?? "{}";
	}

	async identify(device: DeviceRef): Promise<Required<DeviceRef>> {
		const request = new QueryDeviceDetailRequest(this.#deviceOf(device));
		const data = await this.#query("QueryDeviceDetail", request, (client, runtime) =>
			client.queryDeviceDetailWithOptions(request, runtime),
		);
		const { iotId = "", productKey = "", deviceName = "" } = data ?? {};
		return { iotId, productKey, deviceName };
	}

	async #query<Data>(
		operation: string,
		request: object,
		call: (client: Client, runtime: Runtime) => Promise<{ body: Body & { data?: Data } }>,
	): Promise<Data | undefined> {
		return (await this.ask(operation, request, call))?.data;
	}

	/** The body of a query's answer. @throws IotError */
	async ask<B extends Body>(
		operation: string,
		request: object,
		call: (client: Client, runtime: Runtime) => Promise<{ body: B }>,
	): Promise<B | undefined> {
		const { result, body } = await this.#call(request, timeouts(QUERY_TIMEOUT_MS), call);
		if (result.kind !== "taken") throw new IotError(operation, result);
		return body;
	}

	/** @param request its fields go into the query, which not every text can. */
	async #call<B extends Body>(
		request: object,
		timeouts: Timeouts,
		call: (client: Client, runtime: Runtime) => Promise<{ statusCode?: number; body: B }>,
	): Promise<{ result: CallResult; body?: B }> {
		// The SDK reads its options by name; their class adds nothing.
		const runtime = timeouts as unknown as Runtime;
		const deadlineMs = timeouts.readTimeout + DEADLINE_MARGIN_MS;
		const late = () => Object.assign(new Error("no answer"), { name: "RequestTimeoutError" });
		let client: Client;
		try {
			for (const value of Object.values(request)) encodeURIComponent(String(value));
			client = this.#sdk();
		} catch (error) {
			return { result: unsendable(error as Error) };
		}
		try {
			const answer = call(client, runtime);
			const { clock } = this.#options;
			const { body, statusCode } = await withDeadline(clock, deadlineMs, answer, late);
			return { result: fromBody(body, statusCode ?? 200), body };
		} catch (error) {
			return { result: fromError(error) };
		}
	}

	/** "If both are given, IotId prevails" (InvokeThingService, request parameter IotId): only that is sent. */
	#deviceOf({ iotId, productKey, deviceName }: DeviceRef) {
		return { ...this.instance, ...(iotId ? { iotId } : { productKey, deviceName }) };
	}

	get instance(): { readonly iotInstanceId?: string } {
		const { iotInstanceId } = this.#options;
		return iotInstanceId ? { iotInstanceId } : {};
	}

	#sdk(): Client {
		const { credentials, endpoint, region } = this.#options;
		const { accessKeyId, accessKeySecret, securityToken } = credentials();
		const signedWith = `${accessKeyId} ${securityToken ?? ""}`;
		if (this.#client?.signedWith !== signedWith) {
			const [, scheme, host = ""] = /^(?:(https?):\/\/)?(.*?)\/?$/.exec(endpoint) ?? [];
			const config = new Config({
				accessKeyId,
				accessKeySecret,
				...(securityToken ? { securityToken } : {}),
				endpoint: host,
				protocol: scheme ?? "https",
				regionId: region,
			});
			this.#client = { sdk: new sdk.default(config), signedWith };
		}
		return this.#client.sdk;
	}
}

interface Timeouts {
	readonly readTimeout: number;
	readonly connectTimeout: number;
}

/** Both alike: what the SDK calls the connect timeout also ends a wait for an answer on a connection that stands. */
const timeouts = (ms: number): Timeouts => ({ readTimeout: ms, connectTimeout: ms });

interface Body {
	readonly success?: boolean;
	readonly code?: string;
	readonly errorMessage?: string;
	readonly requestId?: string;
	readonly data?: unknown;
}

function fromBody(body: Body | undefined, httpStatus: number): CallResult {
	const { success, code, errorMessage, requestId } = body ?? {};
	const data = body?.data as { messageId?: string; result?: string } | undefined;
	const answer: ApiAnswer = {
		success: success === true,
		...defined({ code, errorMessage, requestId }),
		...defined({ messageId: data?.messageId, result: data?.result }),
	};
	if (success === true) return { kind: "taken", answer };
	if (!code)
		return {
			kind: "lost",
			code: "UnreadableAnswer",
			message: "the answer says neither success nor a code",
		};
	return { kind: "refused", code, message: errorMessage ?? "", httpStatus, answer };
}

/** What fails here before anything leaves fails the same way the next time. */
const unsendable = ({ name, message }: Error): CallResult => ({
	kind: "unsendable",
	code: "Unsendable",
	message: `it cannot be made into a request (${name}: ${message})`,
});

/** What the SDK throws are plain errors, told apart by their fields only. */
function fromError(error: unknown): CallResult {
	if (error instanceof URIError) return unsendable(error);
	const { name, code, statusCode, message, data } = error as {
		name?: string;
		code?: string;
		statusCode?: number;
		message?: string;
		data?: { Code?: string; Message?: string; RequestId?: string };
	};
	if (data && typeof code === "string") {
		const text = data.Message ?? message ?? "";
		const answer: ApiAnswer = {
			success: false,
			code,
			errorMessage: text,
			...defined({ requestId: data.RequestId }),
		};
		return { kind: "refused", code, message: text, httpStatus: statusCode ?? 0, answer };
	}
	if (typeof code === "string" && NEVER_CONNECTED.has(code)) {
		return { kind: "unreachable", code, message: `no connection to IoT Platform (${code})` };
	}
	// Its "ConnectTimeout" is said of servers, too, that took the request and then hung.
	if (name === "RequestTimeoutError") {
		return { kind: "lost", code: "ClientTimeout", message: "IoT Platform did not answer in time" };
	}
	if (error instanceof SyntaxError) {
		return { kind: "lost", code: "UnreadableAnswer", message: "the answer was not JSON" };
	}
	return {
		kind: "lost",
		code: typeof code === "string" ? code : (name ?? "Error"),
		message: "the connection broke before the answer",
	};
}

function defined<T extends Record<string, unknown>>(fields: T) {
	const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
	return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** IoT Platform as the configuration names it. */
export function openPlatform(
	settings: {
		readonly IOT_ENDPOINT: string;
		readonly FC_REGION: string;
		readonly IOT_INSTANCE_ID?: string | undefined;
		readonly SYNC_TIMEOUT_SECONDS: number;
	},
	deps: Pick<SdkPlatformOptions, "credentials" | "clock">,
): SdkPlatform {
	return new SdkPlatform({
		endpoint: settings.IOT_ENDPOINT,
		region: settings.FC_REGION,
		...(settings.IOT_INSTANCE_ID ? { iotInstanceId: settings.IOT_INSTANCE_ID } : {}),
		syncTimeoutMs: settings.SYNC_TIMEOUT_SECONDS * 1000,
		...deps,
	});
}

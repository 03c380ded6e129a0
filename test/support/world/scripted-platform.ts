import type { Clock } from "../../../shared/clock.ts";
import type { DeviceRef } from "../../../shared/command/device.ts";
import {
	type CallResult,
	IotError,
	type IotPlatform,
	type ServiceCall,
	type ServicesCall,
} from "../../../shared/iot/platform.ts";

export type Script = (call: ServiceCall, count: number) => CallResult | Promise<CallResult>;

/**
 * The platform's port, played by a script: for what depends on time or on the
 * order of things. That the real API behaves so is shown by the tests against
 * the local cloud.
 */
export class ScriptedPlatform implements IotPlatform {
	/** Every call that was made, with its time. */
	readonly calls: Array<ServiceCall & { readonly at: number }> = [];
	/** Every call to several devices. */
	readonly callsTogether: Array<ServicesCall & { readonly at: number }> = [];
	scriptTogether: (call: ServicesCall, count: number) => CallResult | Promise<CallResult> = () =>
		takenTogether;
	script: Script = () => sent(`message-${this.calls.length}`);
	models = new Map<string, string>();
	modelFetches = 0;
	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	async invokeService(call: ServiceCall): Promise<CallResult> {
		this.calls.push({ ...call, at: this.#clock.now() });
		return this.script(call, this.calls.length);
	}

	async invokeServices(call: ServicesCall): Promise<CallResult> {
		this.callsTogether.push({ ...call, at: this.#clock.now() });
		return this.scriptTogether(call, this.callsTogether.length);
	}

	async thingModel(productKey: string): Promise<string> {
		this.modelFetches++;
		const model = this.models.get(productKey);
		if (model === undefined)
			throw new IotError("GetThingModelTsl", refused("iot.prod.NotExistedProduct"));
		return model;
	}

	async identify(device: DeviceRef): Promise<Required<DeviceRef>> {
		return { iotId: "iot-1", productKey: "pk", deviceName: "light", ...device };
	}
}

/** The platform took it; the device's reply will come by the queue. */
export const sent = (messageId: string): CallResult => ({
	kind: "taken",
	answer: { success: true, requestId: "R", messageId },
});

/** InvokeThingsService was taken: its answer names no messages. */
export const takenTogether: CallResult = {
	kind: "taken",
	answer: { success: true, requestId: "R" },
};

/** A synchronous service answered. */
export const answered = (code = 200, data = "{}"): CallResult => ({
	kind: "taken",
	answer: {
		success: true,
		requestId: "R",
		messageId: "sync",
		result: `{"code":${code},"data":${data},"id":"sync","message":"said so","version":"1.0"}`,
	},
});

export const refused = (code: string, httpStatus = 200) =>
	({
		kind: "refused",
		code,
		message: `message of ${code}`,
		httpStatus,
		answer: { success: false, code, errorMessage: `message of ${code}`, requestId: "R" },
	}) as const satisfies CallResult;

export const throttled = refused("Throttling.User", 400);
export const lost = {
	kind: "lost",
	code: "ClientTimeout",
	message: "no answer",
} as const satisfies CallResult;

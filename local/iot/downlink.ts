import type { Clock } from "../clock/clock.ts";
import { PlatformError } from "./errors.ts";
import type { Forwarder } from "./forward.ts";
import { type Throttle, throttleOf } from "./http/throttle.ts";
import type { MessageIds } from "./message-ids.ts";
import type { Broker } from "./mqtt/broker.ts";
import { DEFAULT_MODULE, type Device, type Registry } from "./registry.ts";
import { checkParameters, checkValue } from "./thing-model/check.ts";
import { type JsonNode, parseJsonText } from "./thing-model/json-text.ts";
import type { Service } from "./thing-model/tsl.ts";

export interface Invocation {
	readonly messageId: string;
	/** The device's answer as it came; of synchronous services only. */
	readonly result?: string;
}

/** Delivery failures of asynchronous messages ("results of downstream commands", document_detail/73736). */
const DEVICE_NOT_ACTIVATED = "9200";
const DEVICE_OFFLINE = "9201";

/** Commands on their way to devices. */
export class Downlink {
	readonly #registry: Registry;
	readonly #broker: Broker;
	readonly #forwarder: Forwarder;
	readonly #ids: MessageIds;
	readonly #clock: Clock;
	readonly #syncTimeoutMs: number;
	readonly #rate: Throttle | undefined;
	readonly #waiting = new Map<
		string,
		{ iotId: string; deviceName: string; answer: (result: string) => void }
	>();
	readonly #timeouts = new Set<() => void>();

	constructor(parts: {
		registry: Registry;
		broker: Broker;
		forwarder: Forwarder;
		ids: MessageIds;
		clock: Clock;
		syncTimeoutMs: number;
		/** Messages a second to all devices; undefined: any number. */
		perSecond: number | undefined;
	}) {
		this.#registry = parts.registry;
		this.#broker = parts.broker;
		this.#forwarder = parts.forwarder;
		this.#ids = parts.ids;
		this.#clock = parts.clock;
		this.#syncTimeoutMs = parts.syncTimeoutMs;
		this.#rate = throttleOf(parts.perSecond);
	}

	/** `args` is checked and then passed on as it is, byte for byte. */
	async invoke(device: Device, identifier: string, args: string, qos: 0 | 1): Promise<Invocation> {
		const service = this.serviceFor(device, identifier, args);
		return service.callType === "sync"
			? this.#invokeSync(device, identifier, args)
			: this.#invokeAsync(device, identifier, args, qos);
	}

	/** @throws PlatformError if there is no such service or `args` do not fit it. */
	serviceFor(device: Device, identifier: string, args: string): Service {
		const service = this.#registry.service(device, identifier);
		if (!service || service.method.startsWith("thing.service.property.")) {
			throw new PlatformError(
				"iot.check.InvalidFormattedParameter",
				`The identifier parameter is invalid: the thing model has no service ${identifier}.`,
			);
		}
		const problem = checkParameters(service.inputData, members(args));
		if (problem) throw new PlatformError("iot.common.InvalidFormattedParameter", problem);
		return service;
	}

	/** @param messageId instead of one of its own. */
	invokeChecked(device: Device, identifier: string, args: string, messageId?: string): Invocation {
		return this.#invokeAsync(device, identifier, args, 0, messageId);
	}

	newMessageId(): string {
		return this.#ids.next();
	}

	/** @throws PlatformError if `items` do not fit the product's properties. */
	checkProperties(device: Device, items: string): void {
		const model = this.#registry.product(device.productKey)?.models.get(DEFAULT_MODULE)?.model;
		for (const [name, value] of members(items)) {
			const property = model?.properties.get(name);
			const problem = !property
				? `6304 tsl parse: params not exist -> ${name}`
				: property.accessMode === "r"
					? `6320 tsl parse: property is read only -> ${name}`
					: checkValue(property.dataType, value, name);
			if (problem) throw new PlatformError("iot.common.InvalidFormattedParameter", problem);
		}
	}

	setProperties(device: Device, items: string, qos: 0 | 1, messageId?: string): Invocation {
		const topic = `/sys/${device.productKey}/${device.deviceName}/thing/service/property/set`;
		return this.#send(device, topic, "thing.service.property.set", items, qos, messageId);
	}

	/** The device's answer to a synchronous call; false if nobody waits for it (any more). */
	answered(device: Device, messageId: string, payload: Buffer): boolean {
		const waiting = this.#waiting.get(messageId);
		if (waiting?.iotId !== device.iotId) return false;
		waiting.answer(payload.toString("utf8"));
		return true;
	}

	/** @throws PlatformError above the account's limit. */
	#checkRate(): void {
		if (this.#rate?.take(this.#clock.now()) !== false) return;
		throw new PlatformError(
			"iot.messagebroker.RateLimit",
			"The rate of messages to devices exceeds the limit of the account.",
		);
	}

	/** Whose answer is waited for. */
	calledDevices(): string[] {
		return [...this.#waiting.values()].map(({ deviceName }) => deviceName);
	}

	/** Whoever still waits has lost its connection; its timer must not keep the process alive. */
	close(): void {
		for (const cancel of this.#timeouts) cancel();
	}

	#invokeAsync(
		device: Device,
		identifier: string,
		args: string,
		qos: 0 | 1,
		messageId?: string,
	): Invocation {
		const topic = `/sys/${device.productKey}/${device.deviceName}/thing/service/${identifier}`;
		return this.#send(device, topic, `thing.service.${identifier}`, args, qos, messageId);
	}

	#send(
		device: Device,
		topic: string,
		method: string,
		params: string,
		qos: 0 | 1,
		messageId = this.#ids.next(),
	): Invocation {
		this.#checkRate();
		const delivery = device.enabled
			? this.#broker.deliver(device, topic, alink(messageId, params, method), qos)
			: "offline";
		if (delivery === "offline") {
			const activated = device.activeAt !== undefined;
			this.#forwarder.reply(device, {
				requestId: messageId,
				code: activated ? DEVICE_OFFLINE : DEVICE_NOT_ACTIVATED,
				message: activated ? "device offLine" : "device not activated",
				data: "{}",
				topic,
			});
		}
		return { messageId };
	}

	async #invokeSync(device: Device, identifier: string, args: string): Promise<Invocation> {
		if (device.activeAt === undefined) {
			throw new PlatformError("iot.device.InactiveDevice", "The device is inactive.");
		}
		this.#checkRate();
		const messageId = this.#ids.next();
		const system = `/sys/${device.productKey}/${device.deviceName}`;
		const topic = this.#broker.usesExtendedRrpc(device)
			? `/ext/rrpc/${messageId}${system}/thing/service/${identifier}`
			: `${system}/rrpc/request/${messageId}`;
		const payload = alink(messageId, args, `thing.service.${identifier}`);
		const result = await new Promise<string>((resolve, reject) => {
			const settle = () => {
				cancel();
				this.#timeouts.delete(cancel);
				this.#waiting.delete(messageId);
			};
			const cancel = this.#clock.after(this.#syncTimeoutMs, () => {
				settle();
				reject(new PlatformError("iot.messagebroker.TIMEOUT", "Failed because of timeout."));
			});
			this.#timeouts.add(cancel);
			const answer = (text: string) => {
				settle();
				resolve(text);
			};
			this.#waiting.set(messageId, { iotId: device.iotId, deviceName: device.deviceName, answer });
			if (this.#broker.deliver(device, topic, payload, 0) === "offline") {
				settle();
				reject(
					new PlatformError("iot.messagebroker.OFFLINE", "Failed because the device is offline."),
				);
			}
		});
		return { messageId, result };
	}
}

/** The request of the Alink protocol; `params` is spliced in as text so that its numerals stay exact. */
function alink(id: string, params: string, method: string): string {
	return `{"id":"${id}","version":"1.0","params":${params},"method":"${method}"}`;
}

function members(text: string): ReadonlyMap<string, JsonNode> {
	const node = parseJsonText(text);
	if (node?.kind !== "object") {
		// The message as the platform words it: github.com/aliyun/aliyun-openapi-net-sdk/issues/234
		throw new PlatformError(
			"iot.check.InvalidFormattedParameter",
			"The args parameter format is invalid.",
		);
	}
	return node.members;
}

import type { Clock } from "../clock/clock.ts";
import type { Forwarder } from "./forward.ts";
import type { Device, Registry } from "./registry.ts";
import { localTime, utcTime } from "./times.ts";

/** Who is online, and the messages that tell of it (help.aliyun.com/document_detail/73736.html). */
export class Presence {
	readonly #registry: Registry;
	readonly #forwarder: Forwarder;
	readonly #clock: Clock;

	constructor(registry: Registry, forwarder: Forwarder, clock: Clock) {
		this.#registry = registry;
		this.#forwarder = forwarder;
		this.#clock = clock;
	}

	/** Whoever was connected when the platform died is offline now, and the cloud is told so. */
	recover(): void {
		for (const device of this.#registry.devices()) {
			if (device.connected) this.offline(device, device.clientIp);
		}
	}

	online(device: Device, clientIp: string): void {
		const at = this.#next(device);
		device.connected = true;
		device.activeAt ??= at;
		device.onlineAt = at;
		this.#tell(device, "online", at, clientIp);
	}

	offline(device: Device, clientIp: string): void {
		const at = this.#next(device);
		device.connected = false;
		this.#tell(device, "offline", at, clientIp);
	}

	/** Consumers order the messages by their time: no two of a device share one. */
	#next(device: Device): number {
		return Math.max(this.#clock.now(), device.statusAt + 1);
	}

	#tell(device: Device, status: "online" | "offline", at: number, clientIp: string): void {
		device.statusAt = at;
		device.clientIp = clientIp;
		const { iotId, productKey, deviceName } = device;
		// A device that was just deleted goes offline too, and must not be written back.
		if (this.#registry.deviceById(iotId)) this.#registry.save(device);
		this.#forwarder.send(
			"status",
			`/as/mqtt/status/${productKey}/${deviceName}`,
			JSON.stringify({
				status,
				iotId,
				productKey,
				deviceName,
				time: localTime(at),
				utcTime: utcTime(at),
				lastTime: localTime(at),
				utcLastTime: utcTime(at),
				clientIp,
			}),
		);
	}
}

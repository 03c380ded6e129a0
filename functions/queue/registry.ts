import type { Clock } from "../../shared/clock.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactNumber,
	isExactObject,
} from "../../shared/json/exact.ts";
import { withStatus, withTags } from "../../shared/registry/device.ts";
import type { DeviceStore } from "../../shared/store/device-store.ts";
import type { Content } from "./classify.ts";

export interface RegistryDeps {
	readonly devices: DeviceStore;
	readonly clock: Clock;
}

const LIFECYCLE_TOPIC = /\/thing\/lifecycle$/;
const TAGS_TOPIC = /\/thing\/deviceinfo\/(update|delete)$/;

/**
 * What a message of the platform says about a device itself: its status, its
 * tags, that it was created, deleted, disabled or enabled (IoT Platform, "Data
 * formats"). The secret that a created device's message carries is not kept.
 */
export async function noteDevice(deps: RegistryDeps, content: Content): Promise<void> {
	if (content.kind !== "status" && content.kind !== "telemetry") return;
	const { productKey, deviceName } = content.device;
	if (!productKey || !deviceName) return;
	const { body } = content;
	const now = deps.clock.now();
	const at = timeOf(body) ?? now;
	const note = (next: Parameters<DeviceStore["note"]>[3]) =>
		deps.devices.note(productKey, deviceName, now, (device) => next(named(device, body)));
	if (content.kind === "status") {
		const status = content.online ? "online" : "offline";
		await note((device) => withStatus(device, status, at, now));
	} else if (LIFECYCLE_TOPIC.test(content.topic)) {
		switch (body["action"]) {
			case "delete":
				return deps.devices.forget(productKey, deviceName);
			case "disable":
				return note((device) => withStatus(device, "disabled", at, now));
			case "enable":
				return note((device) => withStatus(device, "offline", at, now));
			default:
				return note((device) =>
					device.status === "unknown" ? { ...device, status: "unactive" } : device,
				);
		}
	} else if (TAGS_TOPIC.test(content.topic)) {
		const { set, removed } = tagsOf(body);
		await note((device) => withTags(device, set, removed, at, now));
	}
}

function named<D extends { readonly iotId?: string }>(device: D, { iotId }: ExactObject): D {
	return typeof iotId === "string" && iotId !== "" && device.iotId !== iotId
		? { ...device, iotId }
		: device;
}

/** `{"action":"UPDATE","value":[{"attrKey","attrValue"}],"deletedAttrKeyList":[…]}`. */
function tagsOf(body: ExactObject): { set: Record<string, string>; removed: string[] } {
	const set: Record<string, string> = {};
	const removed: string[] = [];
	const isDeletion = String(body["action"] ?? "").toUpperCase() === "DELETE";
	for (const one of list(body["value"] ?? body["params"])) {
		if (!isExactObject(one)) continue;
		const key = one["attrKey"];
		const value = one["attrValue"];
		if (typeof key !== "string") continue;
		if (isDeletion) removed.push(key);
		else set[key] = isExactNumber(value) ? value.value : String(value ?? "");
	}
	for (const key of list(body["deletedAttrKeyList"]))
		if (typeof key === "string") removed.push(key);
	return { set, removed };
}

const list = (value: ExactJson | undefined): readonly ExactJson[] =>
	Array.isArray(value) ? value : [];

/** When the platform says that it happened: messages come in any order (`lastTime` orders a device's status). */
function timeOf(body: ExactObject): number | undefined {
	for (const name of ["utcLastTime", "utcTime", "messageCreateTime", "gmtCreate", "time"]) {
		const value = body[name];
		const time = isExactNumber(value) ? Number(value.value) : Date.parse(String(value ?? ""));
		if (Number.isSafeInteger(time) && time > 1_000_000_000_000) return time;
	}
	return undefined;
}

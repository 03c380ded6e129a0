import { type Clock, systemClock } from "../clock/clock.ts";
import type { IotService } from "../iot/index.ts";
import type { Received } from "./behaviour.ts";
import type { DeviceSecret } from "./credentials.ts";
import type { Script } from "./script.ts";
import { SimulatedDevice } from "./simulated-device.ts";

/** Devices that log in at the same time: more would only wait for one another. */
const MAX_LOGINS = 64;
/** A login that was cut off is tried again; what fails so often fails for another reason. */
const MAX_LOGIN_TRIES = 5;
const LOGIN_PAUSE_MS = 100;

/** Older entries are dropped: the log is for tests and people, not an archive. */
const MAX_LOG_ENTRIES = 200_000;

export interface Fleet {
	readonly devices: readonly SimulatedDevice[];
	/** Whether it is one of these devices that is logged in under this name. */
	simulates(deviceName: string): boolean;
	/** By its name; throws if there is none. */
	device(deviceName: string): SimulatedDevice;
	/** Everything received, in order. */
	readonly received: readonly Received[];
	/** Whether a device is on its way online, which takes real time. */
	readonly dialing: boolean;
	/** Resolves with the first entry that fits, also with one that is there already. */
	waitFor(fits: (received: Received) => boolean): Promise<Received>;
	close(): Promise<void>;
}

/** Starts one simulated device per identity; resolves once all of them are online. */
export async function startDevices(options: {
	readonly iot: Pick<IotService, "mqttUrl" | "onLogin">;
	readonly clock: Clock;
	readonly identities: readonly DeviceSecret[];
	/** What they do, if not what the sample product's devices do. */
	readonly script?: Script | undefined;
}): Promise<Fleet> {
	const received: Received[] = [];
	const waiting = new Set<(entry: Received) => void>();
	const record = (entry: Received) => {
		if (received.length >= MAX_LOG_ENTRIES) received.shift();
		received.push(entry);
		for (const listener of waiting) listener(entry);
	};
	const devices = options.identities.map(
		(identity) =>
			new SimulatedDevice({
				identity,
				mqttUrl: options.iot.mqttUrl,
				clock: options.clock,
				record,
			}),
	);
	const byName = new Map(
		devices.map((device) => [
			`${device.identity.productKey}/${device.identity.deviceName}`,
			device,
		]),
	);
	// Whoever else logs in as one of these devices owns it from then on.
	const stopWatching = options.iot.onLogin(({ productKey, deviceName, clientId }) => {
		const device = byName.get(`${productKey}/${deviceName}`);
		if (device && device.clientId !== clientId) device.displace();
	});
	const { script, clock } = options;
	if (script) {
		for (const device of devices) {
			device.behaviour = script.behaviourOf(device.identity.deviceName);
		}
	}
	await logIn(devices);
	const stopReports = script ? startReports(devices, script, clock) : () => {};
	return {
		devices,
		received,
		get dialing() {
			return devices.some((device) => device.dialing);
		},
		simulates: (deviceName) =>
			devices.some(({ identity, displaced }) => identity.deviceName === deviceName && !displaced),
		device(deviceName) {
			const found = devices.find(({ identity }) => identity.deviceName === deviceName);
			if (!found) throw new Error(`there is no simulated device ${deviceName}`);
			return found;
		},
		waitFor: (fits) =>
			new Promise((resolve) => {
				const present = received.find(fits);
				if (present) {
					resolve(present);
					return;
				}
				const listener = (entry: Received) => {
					if (!fits(entry)) return;
					waiting.delete(listener);
					resolve(entry);
				};
				waiting.add(listener);
			}),
		async close() {
			stopWatching();
			stopReports();
			await Promise.all(devices.map((device) => device.goOffline()));
		},
	};
}

/** Every report of the script, again and again. @returns ends them. */
function startReports(
	devices: readonly SimulatedDevice[],
	script: Script,
	clock: Clock,
): () => void {
	const cancels = new Set<() => void>();
	const repeat = (everyMs: number, work: () => Promise<void>) => {
		const cancel = clock.after(everyMs, () => {
			cancels.delete(cancel);
			// One that is offline says nothing.
			work().catch(() => {});
			repeat(everyMs, work);
		});
		cancels.add(cancel);
	};
	for (const device of devices) {
		for (const { everySeconds, property, event } of script.reportsOf(device.identity.deviceName)) {
			repeat(everySeconds * 1_000, async () => {
				if (property) await device.postProperties(JSON.stringify(property));
				if (event) await device.postEvent(event.identifier, JSON.stringify(event.value));
			});
		}
	}
	return () => {
		for (const cancel of cancels) cancel();
	};
}

/** Resolves when all of them are online. */
async function logIn(devices: readonly SimulatedDevice[]): Promise<void> {
	const waiting = [...devices];
	const next = async (): Promise<void> => {
		for (let device = waiting.pop(); device; device = waiting.pop()) await logInOne(device);
	};
	await Promise.all(Array.from({ length: MAX_LOGINS }, next));
}

async function logInOne(device: SimulatedDevice): Promise<void> {
	for (let tries = 0; tries < MAX_LOGIN_TRIES; tries++) {
		await device.goOnline();
		if (device.online || device.displaced) return;
		await systemClock.sleep(LOGIN_PAUSE_MS);
	}
	throw new Error(`the simulated device ${device.identity.deviceName} cannot log in`);
}

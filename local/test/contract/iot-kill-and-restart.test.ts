import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import { startDevices } from "../../devices/index.ts";
import type { Seed } from "../../iot/index.ts";
import { deviceAt, TEST_ACCOUNT } from "../support/iot/iot-cloud.ts";
import { signedRpc } from "../support/iot/raw-call.ts";

interface Running {
	readonly process: ChildProcess;
	readonly url: string;
	readonly mqttUrl: string;
	readonly seed: Seed;
	readonly statusAtStart: string[];
}

const { credentials } = TEST_ACCOUNT;
const TSX = createRequire(import.meta.url).resolve("tsx");
const SCRIPT = join(import.meta.dirname, "../support/iot/iot-process.ts");
let dataDir = "";
let running: Running | undefined;

async function start(): Promise<Running> {
	const child = spawn(
		process.execPath,
		["--import", TSX, SCRIPT, dataDir, credentials.accessKeyId, credentials.accessKeySecret],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
	running = { process: child, ...(JSON.parse(line) as Omit<Running, "process">) };
	return running;
}

async function kill({ process: child }: Running): Promise<void> {
	const gone = once(child, "exit");
	child.kill("SIGKILL");
	await gone;
	running = undefined;
}

async function call(url: string, action: string, params: Record<string, string>) {
	const query = signedRpc(action, { Format: "JSON", ...params }, credentials);
	return (await (await fetch(`${url}/?${query}`)).json()) as {
		Success: boolean;
		Data: Record<string, string>;
		Props: string;
	};
}

afterEach(async () => {
	if (running) await kill(running);
	await rm(dataDir, { recursive: true, force: true });
});

test("what was acknowledged before kill -9 is there afterwards", async () => {
	dataDir = await mkdtemp(join(tmpdir(), "thingcast-iot-"));
	const first = await start();
	const device = deviceAt(first.seed, 0);
	const online = await startDevices({
		iot: { mqttUrl: first.mqttUrl, onLogin: () => () => {} },
		clock: systemClock,
		identities: [device, deviceAt(first.seed, 1)],
	});
	await online.device(device.deviceName).goOffline(); // its session stays
	await call(first.url, "SaveDeviceProp", { IotId: device.iotId, Props: '{"room":"attic"}' });
	let state = "";
	while (state !== "OFFLINE") {
		state =
			(await call(first.url, "GetDeviceStatus", { IotId: device.iotId })).Data["Status"] ?? "";
	}
	const ids: Array<string | undefined> = [];
	for (const n of [1, 2, 3]) {
		const { Data } = await call(first.url, "InvokeThingService", {
			IotId: device.iotId,
			Identifier: "Set",
			Args: `{"param1":${n}}`,
			Qos: "1",
		});
		ids.push(Data["MessageId"]);
	}
	await kill(first);
	await online.close();

	const second = await start();
	expect(second.seed).toEqual(first.seed);
	expect(second.statusAtStart).toEqual(["offline"]); // of the device that was connected
	const props = await call(second.url, "QueryDeviceProp", { IotId: device.iotId });
	expect(JSON.parse(props.Props)).toEqual({ room: "attic" });
	const back = await startDevices({
		iot: { mqttUrl: second.mqttUrl, onLogin: () => () => {} },
		clock: systemClock,
		identities: [device],
	});
	await back.waitFor(({ id }) => id === ids[2]);
	expect(back.received.map(({ id }) => id)).toEqual(ids);
	const next = await call(second.url, "InvokeThingService", {
		IotId: device.iotId,
		Identifier: "Set",
		Args: "{}",
	});
	expect(ids).not.toContain(next.Data["MessageId"]);
	await back.close();
});

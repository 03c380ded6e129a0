/** The local IoT Platform with one device, and the local Tablestore, in a process of their own. */
import { Account } from "../../../local/account.ts";
import { startDevices } from "../../../local/devices/index.ts";
import { seed, startIot, type ThrottleModel } from "../../../local/iot/index.ts";
import { startTablestore } from "../../../local/tablestore/index.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Connection } from "../../../shared/table/tablestore/connection.ts";
import { createTables } from "../../../shared/table/tablestore/create-tables.ts";
import type { CloudReady } from "./messages.ts";

const INSTANCE = "thingcast";
const [dataDir = "", throttle = "token-bucket", perSecond = "500"] = process.argv.slice(2);
const credentials = { accessKeyId: "LTAI5tBench", accessKeySecret: "secret-of-the-benchmark" };
const context = {
	dataDir,
	port: 0,
	clock: systemClock,
	random: Math.random,
	account: new Account("1234567890123456", "cn-shanghai", credentials),
	log: () => {},
};
/** Nobody reads the replies. */
const noQueues = {
	ensure: () => {},
	send: () => "",
	receive: () => [],
	remove: () => false,
	onVisible: () => () => {},
};

const tablestore = await startTablestore(context, { instance: INSTANCE });
await createTables(
	new Connection({
		...context,
		endpoint: tablestore.url,
		instance: INSTANCE,
		credentials: () => credentials,
	}),
);
const iot = await startIot(context, {
	mqttPort: 0,
	queues: noQueues,
	eventsQueue: "events",
	throttle: throttle as ThrottleModel,
	quotaPerSecond: Number(perSecond),
});
const { devices } = seed(iot, 1);
const fleet = await startDevices({ iot, clock: systemClock, identities: devices });
for (const device of fleet.devices) device.behaviour = () => "silent";
const [device] = devices;
if (!device) throw new Error("the sample product has no device");
const ready: CloudReady = {
	iot: iot.url,
	tablestore: tablestore.url,
	instance: INSTANCE,
	credentials,
	device: { productKey: device.productKey, deviceName: device.deviceName },
};
process.send?.(ready);

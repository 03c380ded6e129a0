/**
 * What people write today, measured beside thingcast: put a row, call, put the
 * row again, fifty at once, with the vendors' whole SDKs. Prints its processor
 * time for each command, in milliseconds; with `--bare` the calls alone.
 */
const { Config } = require("@alicloud/openapi-client");
const iot = require("@alicloud/iot20180120");
const tablestore = require("tablestore");

const { endpoints: e, commands, bare } = JSON.parse(process.argv[2]);
const keys = { accessKeyId: e.accessKeyId, accessKeySecret: e.accessKeySecret };
const platform = new iot.default(
	new Config({ ...keys, endpoint: new URL(e.iot).host, protocol: "http", regionId: e.region }),
);
const table = new tablestore.Client({
	...keys,
	endpoint: e.tablestore,
	instancename: e.instance,
	httpOptions: { agent: new (require("node:http").Agent)({ keepAlive: true, maxSockets: 64 }) },
});
const put = (id, state) =>
	table.putRow({
		tableName: "handler",
		condition: new tablestore.Condition(tablestore.RowExistenceExpectation.IGNORE, null),
		primaryKey: [{ id }],
		attributeColumns: [{ state }],
	});

async function handle(id, { productKey, deviceName }) {
	if (!bare) await put(id, "sending");
	const args = '{"temperature":10.0}';
	const request = { productKey, deviceName, identifier: "Set", args };
	const { body } = await platform.invokeThingService(new iot.InvokeThingServiceRequest(request));
	if (!bare) await put(id, body.success ? "sent" : "failed");
}

async function run(count) {
	let next = 0;
	const one = async () => {
		while (next < count) {
			const n = next++;
			await handle(`c${n}`, e.devices[n % e.devices.length]);
		}
	};
	await Promise.all(Array.from({ length: 50 }, one));
}

async function main() {
	const keyType = tablestore.PrimaryKeyType.STRING;
	await table
		.createTable({
			tableMeta: { tableName: "handler", primaryKey: [{ name: "id", type: keyType }] },
			reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
			tableOptions: { timeToLive: -1, maxVersions: 1 },
		})
		.catch(() => {});
	await run(200);
	const before = process.cpuUsage();
	await run(commands);
	const { user, system } = process.cpuUsage(before);
	console.log((user + system) / 1000 / commands);
	process.exit(0);
}
main();

import { afterEach, expect, it } from "vitest";
import { OfficialClient } from "../support/mns/client.ts";
import { answering, stackOf } from "../support/project/project.ts";
import { runProject, type VirtualProject } from "../support/project/virtual-project.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import {
	anyway,
	attributesOf,
	failureOf,
	INF_MAX,
	INF_MIN,
	sdkClient,
} from "../support/tablestore/sdk.ts";

let world: VirtualProject | undefined;
afterEach(async () => {
	await world?.close();
	world = undefined;
});

const MINUTE_MS = 60_000;

async function start(expression: string): Promise<VirtualProject> {
	world = await runProject({ "s.yaml": stackOf(["a"]), "a/index.js": answering(expression) });
	return world;
}

async function answer({ cloud }: VirtualProject): Promise<string> {
	const response = await fetch(cloud.endpoints.functions["a"]?.http ?? "");
	return response.text();
}

it("the clock of the instances is wrong while it lasts, the local cloud's own is not", async () => {
	const there = await start("Date.now()");
	const off = async () => Number(await answer(there)) - there.clock.now();
	expect(await off()).toBe(0);
	await there.cloud.faults.start({ fault: "skew clock", by: -600, seconds: 60 });
	expect(await off()).toBe(-10 * MINUTE_MS);
	await there.cloud.faults.start({ fault: "skew clock", by: 600, function: "a", one: true });
	expect(await off()).toBe(10 * MINUTE_MS);
	there.cloud.faults.clear();
	expect(await off()).toBe(0);
});

it("credentials that have expired are refused, and requests that follow have new ones", async () => {
	const there = await start(
		"JSON.stringify([process.env.ALIBABA_CLOUD_ACCESS_KEY_ID, process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET, process.env.ALIBABA_CLOUD_SECURITY_TOKEN])",
	);
	const { mns, accountId } = there.cloud.endpoints;
	const list = async (text: string) => {
		const [accessKeyId, accessKeySecret, securityToken] = JSON.parse(text) as string[];
		const keys = { accessKeyId, accessKeySecret, securityToken };
		return new OfficialClient(accountId, { endpoint: mns, ...keys }).listQueue().then(
			() => "taken",
			(error: Error) => error.name,
		);
	};
	const before = await answer(there);
	expect(await list(before)).toBe("taken");
	await there.cloud.faults.start({ fault: "expire credentials" });
	expect(await list(before)).not.toBe("taken");
	const after = await answer(there);
	expect(after).not.toBe(before);
	expect(await list(after)).toBe("taken");
});

it("on a full disk what is there is read, every write fails, and all goes on afterwards", async () => {
	const there = await start("1");
	const { tablestore, instance, mns, accountId, ...keys } = there.cloud.endpoints;
	const client = sdkClient(tablestore, keys, instance);
	await client.createTable(tableOf("t", [["id", "STRING"]]));
	const put = (a: string) =>
		client.putRow({
			tableName: "t",
			primaryKey: [{ id: "x" }],
			condition: anyway(),
			attributeColumns: [{ a }],
		});
	const read = async () =>
		attributesOf((await client.getRow({ tableName: "t", primaryKey: [{ id: "x" }] })).row);
	const queues = new OfficialClient(accountId, { endpoint: mns, ...keys });
	await put("1");
	await there.cloud.faults.start({ fault: "fill disk", seconds: 120 });
	expect(await failureOf(put("2"))).toBe("OTSInternalServerError");
	await expect(queues.sendMessage("commands", { MessageBody: "eA==" })).rejects.toThrow();
	// Devices that come and go, timers that are due: nothing ends because of it.
	there.cloud.iot.dropMqtt();
	await there.clock.advance(119_000);
	expect(await read()).toEqual({ a: "1" });
	await there.clock.advance(1_000);
	await put("3");
	expect(await read()).toEqual({ a: "3" });
	await queues.sendMessage("commands", { MessageBody: "eA==" });
	await expect.poll(() => there.cloud.fleet.devices.every(({ online }) => online)).toBe(true);
});

it("a partition that splits is away, and its neighbours are not", async () => {
	const there = await start("1");
	const { tablestore, instance, ...keys } = there.cloud.endpoints;
	const client = sdkClient(tablestore, keys, instance);
	await client.createTable(tableOf("t", [["id", "STRING"]]));
	const row = (id: string) => ({ tableName: "t", primaryKey: [{ id }] });
	const put = (id: string) =>
		client.putRow({ ...row(id), condition: anyway(), attributeColumns: [{ a: id }] });
	const range = (from: unknown, to: unknown) =>
		client.getRange({
			tableName: "t",
			direction: "FORWARD",
			inclusiveStartPrimaryKey: [{ id: from }],
			exclusiveEndPrimaryKey: [{ id: to }],
		} as never);
	await Promise.all(["a", "m", "z"].map(put));
	await there.cloud.faults.start({
		fault: "split partition",
		table: "t",
		from: "b",
		to: "n",
		seconds: 3,
	});
	expect(await failureOf(put("m"))).toBe("OTSPartitionUnavailable");
	expect(await failureOf(client.getRow(row("m")))).toBe("OTSPartitionUnavailable");
	expect(await failureOf(range(INF_MIN, INF_MAX))).toBe("OTSPartitionUnavailable");
	await put("a");
	await range("n", INF_MAX);
	await range(INF_MIN, "b");
	const batch = await client.batchGetRow({
		tables: [{ tableName: "t", primaryKey: [[{ id: "a" }], [{ id: "m" }]] }],
	} as never);
	expect(JSON.stringify(batch)).toContain("OTSPartitionUnavailable");
	await there.clock.advance(3_000);
	await put("m");
	await range(INF_MIN, INF_MAX);
});

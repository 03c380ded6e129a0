import TableStore from "tablestore";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import { type Running as Functions, startFixture } from "../support/fc/start.ts";
import { run } from "../support/mns/service.ts";
import { startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, failureOf, INF_MAX, INF_MIN, ifAbsent } from "../support/tablestore/sdk.ts";

let end: (() => Promise<unknown>) | undefined;

afterEach(async () => {
	await end?.();
	end = undefined;
});

describe("what is counted", () => {
	it("of Tablestore: requests by operation, rows by what was done to them", async () => {
		const { client, service, stop } = await startLocalTablestore();
		end = stop;
		const settings = {
			definedColumns: [["due", "DCT_STRING"]] as const,
			indexes: [{ name: "byDue", primaryKey: ["due"], definedColumn: [] }],
		};
		await client.createTable(tableOf("t", [["id", "STRING"]], settings));
		service.requests.reset();
		const key = (id: string) => [{ id }];
		const put = (id: string) => ({
			type: "PUT" as const,
			condition: anyway(),
			primaryKey: key(id),
			attributeColumns: [{ due: id }],
		});
		await client.batchWriteRow({ tables: [{ tableName: "t", rows: ["a", "b", "c"].map(put) }] });
		const again = {
			tableName: "t",
			condition: ifAbsent(),
			primaryKey: key("a"),
			attributeColumns: [],
		};
		await failureOf(client.putRow(again));
		await client.deleteRow({ tableName: "t", condition: anyway(), primaryKey: key("c") });
		await client.batchGetRow({ tables: [{ tableName: "t", primaryKey: [key("a"), key("z")] }] });
		const range = (tableName: string, id: TableStore.PrimaryKeyInput) =>
			client.getRange({
				tableName,
				direction: TableStore.Direction.FORWARD,
				inclusiveStartPrimaryKey: id,
				exclusiveEndPrimaryKey: id.map((column) =>
					Object.fromEntries(Object.keys(column).map((name) => [name, INF_MAX])),
				),
			});
		await range("t", [{ id: INF_MIN }]);
		await range("t", [{ id: "x" }]);
		await systemClock.sleep(50);
		await range("byDue", [{ due: INF_MIN }, { id: INF_MIN }]);
		expect(service.requests.counts).toEqual({
			BatchGetRow: 1,
			BatchWriteRow: 1,
			DeleteRow: 1,
			GetRange: 3,
			PutRow: 1,
		});
		expect(service.rows.counts).toEqual({
			"delete t": 1,
			"put t": 4,
			"range byDue": 2,
			"range t": 3,
			"read t": 2,
		});
		service.rows.reset();
		expect(service.rows.counts).toEqual({});
	});

	it("of MNS: requests by operation", async () => {
		const { client, service, stop } = await run();
		end = stop;
		await client.createQueue("q", {});
		await client.sendMessage("q", { MessageBody: "a" });
		await client.batchSendMessage("q", [{ MessageBody: "b" }, { MessageBody: "c" }]);
		const { body } = await client.receiveMessage("q");
		await client.deleteMessage("q", body.ReceiptHandle);
		await client.batchReceiveMessage("q", 2);
		expect(service.requests.counts).toEqual({
			BatchReceiveMessage: 1,
			BatchSendMessage: 1,
			CreateQueue: 1,
			DeleteMessage: 1,
			ReceiveMessage: 1,
			SendMessage: 1,
		});
	});

	it.each(["nodejs20", "custom"] as const)(
		"of the functions (%s): invocations, instances and their processor time",
		async (runtime) => {
			const at: Functions = await startFixture({ only: ["echo"], runtime });
			end = at.close;
			const invoke = (action: string, more: object = {}) =>
				at.client.invokeFunction("s", "echo", JSON.stringify({ action, ...more }));
			await invoke("count");
			await invoke("burn", { ms: 300 });
			const before = at.fc.usage("echo");
			expect(before).toMatchObject({ invocations: 2, instances: 1, running: 1 });
			expect(before.cpuMs).toBeGreaterThanOrEqual(300);
			at.fc.resetUsage();
			expect(at.fc.usage("echo")).toEqual({ invocations: 0, instances: 1, running: 1, cpuMs: 0 });
			await invoke("burn", { ms: 300 });
			await invoke("crash");
			await invoke("count");
			const after = at.fc.usage("echo");
			expect(after).toMatchObject({ invocations: 3, instances: 2, running: 1 });
			// Of one that ended by itself, up to the last look at it.
			expect(after.cpuMs).toBeGreaterThanOrEqual(100);
		},
	);
});

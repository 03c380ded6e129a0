import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../local/clock/virtual-clock.ts";
import { busy, type FaultChooser } from "../../local/tablestore/index.ts";
import { systemClock } from "../../shared/clock.ts";
import { Connection } from "../../shared/table/tablestore/connection.ts";
import { otsCode } from "../../shared/table/tablestore/errors.ts";
import { TablestoreTable } from "../../shared/table/tablestore/tablestore-table.ts";
import { openLocalTable } from "../support/table/tablestore.ts";

const ABSENT = { row: "absent" } as const;
const row = (id: string, n = 1n) => ({ key: ["device", id], columns: { version: n } });

describe("the Tablestore adapter, when the service fails", () => {
	let local: Awaited<ReturnType<typeof openLocalTable>>;
	beforeEach(async () => {
		local = await openLocalTable();
	});
	afterEach(() => local.close());

	/** The fault strikes the first `times` calls of the operation. */
	const fail = (operation: string, fault: ReturnType<FaultChooser>, times: number) => {
		let left = times;
		local.service.injectFaults((called) =>
			called === operation && left-- > 0 ? fault : undefined,
		);
	};

	it("repeats writes and reads while the server is busy", async () => {
		fail("PutRow", busy, 3);
		expect(await local.table.put("commands", row("a"), ABSENT)).toBe(true);
		fail("GetRow", busy, 3);
		expect((await local.table.get("commands", ["device", "a"]))?.columns["version"]).toBe(1n);
		fail("GetRange", busy, 3);
		const range = { prefix: ["device"], direction: "forward", limit: 5 } as const;
		expect(await local.table.range("commands", range)).toHaveLength(1);
	});

	it("knows its own write again whose answer was lost", async () => {
		fail("PutRow", { kind: "lose-answer" }, 1);
		expect(await local.table.put("commands", row("a"), ABSENT)).toBe(true);
		fail("PutRow", { kind: "lose-answer" }, 1);
		const condition = { row: "present", column: "version", equals: 1n } as const;
		expect(await local.table.put("commands", row("a", 2n), condition)).toBe(true);
	});

	it("knows its own removal again whose answer was lost", async () => {
		await local.table.put("commands", row("a"), ABSENT);
		fail("DeleteRow", { kind: "lose-answer" }, 1);
		const condition = { row: "present", column: "version", equals: 1n } as const;
		expect(await local.table.remove("commands", ["device", "a"], condition)).toBe(true);
	});

	it("does not take another's write for its own after a lost answer", async () => {
		await local.table.put("commands", row("a", 7n), ABSENT);
		fail("PutRow", { kind: "reset" }, 1);
		expect(await local.table.put("commands", row("a", 8n), ABSENT)).toBe(false);
	});

	it("says after all what is wrong, and whether a write may stand", async () => {
		fail("PutRow", busy, 100);
		await expect(local.table.put("commands", row("a"), ABSENT)).rejects.toMatchObject({
			name: "TableError",
			code: "OTSServerBusy",
			applied: "no",
		});
		fail("PutRow", { kind: "reset" }, 100);
		await expect(local.table.put("commands", row("a"), ABSENT)).rejects.toMatchObject({
			applied: "maybe",
		});
	});

	it("tells a failed condition, a missing table and a wrong key apart by the code in the message", async () => {
		const request = { tableName: "nowhere", primaryKey: [{ device: "d" }, { id: "i" }] };
		const missing = await local.connection.call((client) => client.getRow(request)).catch(otsCode);
		expect(missing).toBe("OTSObjectNotExist");
		const stranger = new TablestoreTable(
			new Connection({
				endpoint: local.service.url,
				instance: local.service.instance,
				credentials: () => ({ accessKeyId: "LTAItable", accessKeySecret: "wrong" }),
				clock: systemClock,
				random: Math.random,
			}),
		);
		await expect(stranger.get("commands", ["d", "i"])).rejects.toMatchObject({
			code: "OTSAuthFailed",
			retryable: false,
		});
	});
});

describe("the Tablestore adapter, facing a server that never finishes", () => {
	it.each([
		["says nothing", () => {}],
		[
			"stops in the middle of its answer",
			(response: ServerResponse) => {
				response.writeHead(200, { "content-length": "1000" });
				response.write("half");
			},
		],
	] as const)("gives a call up that %s, at its deadline", async (_, behave) => {
		let asked: (() => void) | undefined;
		const server = createServer((request, response) => {
			request.resume();
			behave(response);
			asked?.();
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const clock = new VirtualClock();
		const { port } = server.address() as AddressInfo;
		const connection = new Connection({
			endpoint: `http://127.0.0.1:${port}`,
			instance: "i",
			credentials: () => ({ accessKeyId: "a", accessKeySecret: "b" }),
			clock,
			random: Math.random,
		});
		const arrived = new Promise<void>((resolve) => {
			asked = resolve;
		});
		const call = connection.call((client) => client.listTable({}));
		const outcome = expect(call).rejects.toMatchObject({
			code: "DeadlineExceeded",
			retryable: true,
			applied: "maybe",
		});
		await arrived;
		await clock.advance(5_000);
		await outcome;
		connection.close();
		server.closeAllConnections();
		server.close();
	});
});

describe("the Tablestore adapter's connections", () => {
	it("are kept from call to call", async () => {
		let connections = 0;
		const server = createServer((request, response) => {
			request.resume();
			response.writeHead(400).end();
		});
		server.on("connection", () => connections++);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		const connection = new Connection({
			endpoint: `http://127.0.0.1:${port}`,
			instance: "i",
			credentials: () => ({ accessKeyId: "a", accessKeySecret: "b" }),
			clock: systemClock,
			random: Math.random,
		});
		for (let n = 0; n < 5; n++) {
			const call = connection.call((client) => client.listTable({}));
			await expect(call).rejects.toMatchObject({ name: "TableError", retryable: false });
		}
		expect(connections).toBe(1);
		connection.close();
		server.close();
	});

	it("are signed with the credentials of the moment", async () => {
		const local = await openLocalTable();
		const { account } = local;
		let credentials = account.issueTemporary(Date.now() + 60_000);
		const connection = new Connection({
			endpoint: local.service.url,
			instance: local.service.instance,
			credentials: () => credentials,
			clock: systemClock,
			random: Math.random,
		});
		const table = new TablestoreTable(connection);
		await table.put("commands", row("a"), ABSENT);
		credentials = account.issueTemporary(Date.now() - 1);
		await expect(table.get("commands", ["device", "a"])).rejects.toMatchObject({
			retryable: false,
		});
		credentials = account.issueTemporary(Date.now() + 60_000);
		expect(await table.get("commands", ["device", "a"])).toBeDefined();
		connection.close();
		await local.close();
	});
});

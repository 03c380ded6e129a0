import { request as httpRequest } from "node:http";
import type TableStoreTypes from "tablestore";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ACCOUNT, INSTANCE } from "../../local/test/support/tablestore/fixtures.ts";
import {
	type Running,
	startLocalTablestore,
} from "../../local/test/support/tablestore/local-tablestore.ts";
import { tableOf } from "../../local/test/support/tablestore/schema.ts";
import { bothClients, type Clients } from "../support/trimmed/clients.ts";
import { outcomeOf } from "../support/trimmed/outcome.ts";
import {
	type Answer,
	answered,
	brokenOff,
	RESET,
	type Recorder,
	SILENCE,
	startRecorder,
} from "../support/trimmed/recorder.ts";

type Sdk = typeof TableStoreTypes;
type Call = (sdk: Sdk, client: TableStoreTypes.Client) => Promise<unknown>;

const SILENT_MS = 150;
const key = (id: string) => [{ device: "d#ä" }, { id }];
const columns = (sdk: Sdk) => [
	{ text: "Temperatur 21 °C" },
	{ empty: "" },
	{ count: sdk.Long.fromString("9007199254740993") },
	{ negative: sdk.Long.fromString("-1") },
	{ on: true },
	{ off: false },
	{ ratio: 0.5 },
	{ bytes: Buffer.from([0, 255, 13, 10]) },
];
const present = (sdk: Sdk, column: string, value: unknown) =>
	new sdk.Condition(
		sdk.RowExistenceExpectation.EXPECT_EXIST,
		new sdk.SingleColumnCondition(column, value as string, sdk.ComparatorType.EQUAL, false),
	);
const only = (sdk: Sdk, expectation: "IGNORE" | "EXPECT_NOT_EXIST") =>
	new sdk.Condition(sdk.RowExistenceExpectation[expectation], null);
const range = (sdk: Sdk, direction: "FORWARD" | "BACKWARD", limit: number) => {
	const low = [{ device: "d#ä" }, { id: sdk.INF_MIN }];
	const high = [{ device: "d#ä" }, { id: sdk.INF_MAX }];
	return {
		tableName: "rows",
		direction: sdk.Direction[direction],
		inclusiveStartPrimaryKey: direction === "FORWARD" ? low : high,
		exclusiveEndPrimaryKey: direction === "FORWARD" ? high : low,
		limit,
		maxVersions: 1,
	} as unknown as Parameters<TableStoreTypes.Client["getRange"]>[0];
};
const put = (sdk: Sdk, id: string, condition = only(sdk, "IGNORE"), tableName = "rows") => ({
	tableName,
	condition,
	primaryKey: key(id),
	attributeColumns: columns(sdk),
});

/** One after the other on one table: every way in which the functions use an operation. */
const CALLS: ReadonlyArray<readonly [operation: string, what: string, call: Call]> = [
	["putRow", "a new row", (sdk, client) => client.putRow(put(sdk, "1"))],
	[
		"putRow",
		"where none may be",
		(sdk, client) => client.putRow(put(sdk, "1", only(sdk, "EXPECT_NOT_EXIST"))),
	],
	[
		"putRow",
		"if a text is equal",
		(sdk, client) => client.putRow(put(sdk, "1", present(sdk, "text", "Temperatur 21 °C"))),
	],
	[
		"putRow",
		"if an integer is equal",
		(sdk, client) => client.putRow(put(sdk, "1", present(sdk, "count", sdk.Long.fromString("1")))),
	],
	[
		"putRow",
		"if a boolean is equal",
		(sdk, client) => client.putRow(put(sdk, "1", present(sdk, "on", true))),
	],
	["putRow", "into no table", (sdk, client) => client.putRow(put(sdk, "1", undefined, "none"))],
	[
		"putRow",
		"of a null",
		async (sdk, client) =>
			client.putRow({ ...put(sdk, "1"), attributeColumns: [{ a: null as unknown as string }] }),
	],
	[
		"getRow",
		"a row",
		(_, client) => client.getRow({ tableName: "rows", primaryKey: key("1"), maxVersions: 1 }),
	],
	[
		"getRow",
		"no row",
		(_, client) => client.getRow({ tableName: "rows", primaryKey: key("9"), maxVersions: 1 }),
	],
	[
		"getRow",
		"some columns",
		(_, client) =>
			client.getRow({
				tableName: "rows",
				primaryKey: key("1"),
				maxVersions: 1,
				columnsToGet: ["text"],
			}),
	],
	[
		"batchWriteRow",
		"of two tables, some refused",
		(sdk, client) =>
			client.batchWriteRow({
				tables: [
					{
						tableName: "rows",
						rows: [
							{ type: "PUT", ...put(sdk, "2") },
							{ type: "PUT", ...put(sdk, "1", only(sdk, "EXPECT_NOT_EXIST")) },
							{ type: "DELETE", condition: only(sdk, "IGNORE"), primaryKey: key("3") },
						],
					},
					{ tableName: "others", rows: [{ type: "PUT", ...put(sdk, "1") }] },
				],
			} as unknown as Parameters<TableStoreTypes.Client["batchWriteRow"]>[0]),
	],
	[
		"batchGetRow",
		"of two tables, some absent",
		(_, client) =>
			client.batchGetRow({
				tables: [
					{ tableName: "rows", primaryKey: [key("1"), key("9"), key("2")], maxVersions: 1 },
					{ tableName: "others", primaryKey: [key("1")], maxVersions: 1 },
				],
			} as unknown as Parameters<TableStoreTypes.Client["batchGetRow"]>[0]),
	],
	["getRange", "all, forward", (sdk, client) => client.getRange(range(sdk, "FORWARD", 10))],
	["getRange", "a page, backward", (sdk, client) => client.getRange(range(sdk, "BACKWARD", 1))],
	[
		"deleteRow",
		"a row",
		(sdk, client) =>
			client.deleteRow({ tableName: "rows", condition: only(sdk, "IGNORE"), primaryKey: key("2") }),
	],
	[
		"deleteRow",
		"if it is there",
		(sdk, client) =>
			client.deleteRow({
				tableName: "rows",
				condition: present(sdk, "on", true),
				primaryKey: key("2"),
			}),
	],
];

const binary = (status: number, body: string | Buffer): Answer =>
	answered(status, body, { "x-ots-request-id": "r" });
/** protobuf: `code` and `message`. */
const refusal = (status: number, code: string) =>
	binary(
		status,
		Buffer.concat([
			Buffer.from([10, code.length]),
			Buffer.from(code),
			Buffer.from([18, 2]),
			Buffer.from("no"),
		]),
	);

const ANSWERS: Readonly<Record<string, Answer>> = {
	"a busy server": refusal(503, "OTSServerBusy"),
	"a conflict": refusal(409, "OTSRowOperationConflict"),
	"used up capacity": refusal(403, "OTSNotEnoughCapacityUnit"),
	"a timeout of the server": refusal(503, "OTSTimeout"),
	"a refusal without a body": binary(403, ""),
	"an unknown status without a body": binary(500, ""),
	"a web page": answered(502, "<html>", { "content-type": "text/html" }),
	"nothing, with HTTP 200": binary(200, ""),
	"bytes that mean nothing": binary(200, Buffer.from([255, 255, 1])),
	"a reset": RESET,
	silence: SILENCE,
};

describe("the trimmed client of Tablestore", () => {
	let clients: Clients;
	let recorder: Recorder;
	let local: Running;
	beforeAll(async () => {
		clients = await bothClients();
		recorder = await startRecorder();
		vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T12:00:00.123Z") });
		local = await startLocalTablestore();
		for (const name of ["rows", "others"]) {
			await local.client.createTable(
				tableOf(name, [
					["device", "STRING"],
					["id", "STRING"],
				]),
			);
		}
	});
	afterAll(async () => {
		vi.useRealTimers();
		await recorder.close();
		await local.stop();
	});

	async function run(of: Clients["whole"], call: Call, silent = false, stsToken?: string) {
		const sdk = of("tablestore") as Sdk;
		const client = new sdk.Client({
			accessKeyId: ACCOUNT.root.accessKeyId,
			secretAccessKey: ACCOUNT.root.accessKeySecret,
			...(stsToken ? { stsToken } : {}),
			endpoint: `http://127.0.0.1:${recorder.port}`,
			instancename: INSTANCE,
			maxRetries: 0,
			httpOptions: { timeout: silent ? SILENT_MS : 5_000, maxSockets: 4 },
		});
		const outcome = await outcomeOf(async () => call(sdk, client));
		return { requests: recorder.taken(), outcome };
	}

	it("has the operations that are compared here, and no others", () => {
		const { Client } = clients.trimmed("tablestore") as Sdk;
		const sends = Object.entries(Client.prototype).filter(([, method]) =>
			/makeRequest\(["']/.test(String(method)),
		);
		expect(sends.map(([name]) => name).sort()).toEqual(
			[...new Set(CALLS.map(([name]) => name))].sort(),
		);
	});

	it.each(CALLS)(
		"%s, %s: signs and sends the same bytes, reads the same answer",
		async (_, __, call) => {
			let said: Answer | undefined;
			recorder.answerWith(async (request) => {
				said = await forward(local.service.url, request);
				return said;
			});
			const first = await run(clients.whole, call);
			recorder.answerWith(() => said ?? SILENCE);
			const whole = await run(clients.whole, call);
			expect(await run(clients.trimmed, call)).toEqual(whole);
			expect(whole).toEqual(first);
		},
	);

	it("signs temporary credentials alike", async () => {
		recorder.answerWith(() => refusal(403, "OTSAuthFailed"));
		const call: Call = (_, client) =>
			client.getRow({ tableName: "rows", primaryKey: key("1"), maxVersions: 1 });
		const whole = await run(clients.whole, call, false, "token/+=");
		expect(await run(clients.trimmed, call, false, "token/+=")).toEqual(whole);
		expect(whole.requests[0]).toContain("x-ots-ststoken: token/+=");
	});

	const oneOfEach = [...new Map([...CALLS].reverse().map(([name, , call]) => [name, call]))];
	describe.each(oneOfEach)("%s", (_, call) => {
		it.each(Object.entries(ANSWERS))("reads %s alike", async (_, answer) => {
			recorder.answerWith(() => answer);
			const whole = await run(clients.whole, call, answer === SILENCE);
			expect(await run(clients.trimmed, call, answer === SILENCE)).toEqual(whole);
			expect(whole.requests).toHaveLength(1);
		});
	});

	it("leaves an answer that breaks off to its caller's deadline, as the whole one does", async () => {
		recorder.answerWith(() => brokenOff(refusal(503, "OTSServerBusy")));
		const settled: string[] = [];
		for (const [name, of] of Object.entries(clients)) {
			void run(of, CALLS[0]?.[2] ?? (async () => {}), true).then(() => settled.push(name));
		}
		await vi.waitFor(() => expect(recorder.taken()).toHaveLength(0), { timeout: 50 });
		await new Promise((resolve) => setTimeout(resolve, 4 * SILENT_MS));
		expect(settled).toEqual([]);
	});
});

/** What the local Tablestore says to a request from the wire. */
function forward(url: string, bytes: Buffer): Promise<Answer> {
	const end = bytes.indexOf("\r\n\r\n");
	const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
	const [method, path] = first.split(" ");
	const headers = Object.fromEntries(
		lines.map((line) => [
			line.slice(0, line.indexOf(":")),
			line.slice(line.indexOf(":") + 1).trim(),
		]),
	);
	return new Promise((resolve, reject) => {
		const request = httpRequest(url, { method, path, headers, agent: false }, async (response) => {
			const chunks: Buffer[] = [];
			for await (const chunk of response) chunks.push(chunk);
			const { "x-ots-requestid": id = "r" } = response.headers;
			resolve(
				answered(response.statusCode ?? 0, Buffer.concat(chunks), {
					"x-ots-requestid": String(id),
				}),
			);
		});
		request.on("error", reject);
		request.end(bytes.subarray(end + 4));
	});
}

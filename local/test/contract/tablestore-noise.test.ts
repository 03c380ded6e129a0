import { once } from "node:events";
import { connect } from "node:net";
import { encodePlainBuffer, type PlainBufferCell, VariantType } from "alicloud-tablestore";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { encode, errorOf, send } from "../support/tablestore/raw-client.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { anyway, attributesOf } from "../support/tablestore/sdk.ts";

const REQUESTS_AT_ONCE = 8;
const logged: string[] = [];
let running: Running;
let url: string;

beforeAll(async () => {
	running = await startLocalTablestore({ log: (line) => logged.push(line) });
	url = running.service.url;
	await running.client.createTable(
		tableOf("t", [
			["id", "STRING"],
			["n", "AUTO_INCREMENT"],
		]),
	);
	for (const name of ["kept", "scratch"]) {
		await running.client.createTable(tableOf(name, [["id", "STRING"]]));
	}
	await running.client.putRow({
		tableName: "kept",
		primaryKey: [{ id: "x" }],
		condition: anyway(),
		attributeColumns: [{ a: "1" }],
	});
});

afterAll(() => running.stop());

async function stillWorks(): Promise<void> {
	const { row } = await running.client.getRow({ tableName: "kept", primaryKey: [{ id: "x" }] });
	expect(attributesOf(row)).toEqual({ a: "1" });
	expect(logged).toEqual([]);
}

/** Sends all of them, some at a time, and expects each to be answered or refused in the service's own words. */
async function bombard(requests: readonly { operation: string; body: Buffer }[]): Promise<void> {
	const waiting = [...requests];
	await Promise.all(
		Array.from({ length: REQUESTS_AT_ONCE }, async () => {
			for (let next = waiting.pop(); next; next = waiting.pop()) {
				const answer = await send(url, next);
				if (answer.status === 200) continue;
				expect(answer.status, next.operation).toBeLessThan(500);
				expect(errorOf(answer).code).toMatch(/^OTS[A-Z]\w+$/);
			}
		}),
	);
}

const OPERATIONS = [
	"PutRow",
	"UpdateRow",
	"DeleteRow",
	"GetRow",
	"GetRange",
	"BatchWriteRow",
	"BatchGetRow",
	"CreateTable",
	"UpdateTable",
	"DescribeTable",
	"CreateIndex",
	"DropIndex",
	"ListTable",
	"AddDefinedColumn",
] as const;

const operations = fc.constantFrom(...OPERATIONS);

test("random bytes, rightly signed, are refused or understood", async () => {
	const requests = fc.record({
		operation: operations,
		body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
	});
	await bombard(fc.sample(requests, 1500));
	await stillWorks();
});

const names = fc.constantFrom("id", "n", "a", "b", "", "-", "ž", "x".repeat(300));

const contents: fc.Arbitrary<Pick<PlainBufferCell, "type" | "value">> = fc.oneof(
	fc.record({ value: fc.string(), type: fc.constant(VariantType.STRING) }),
	fc.record({ value: fc.bigInt({ min: -5n, max: 5n }), type: fc.constant(VariantType.INTEGER) }),
	fc.record({ value: fc.uint8Array(), type: fc.constant(VariantType.BLOB) }),
);

const keyCells: fc.Arbitrary<PlainBufferCell> = fc
	.tuple(
		names,
		fc.oneof(
			contents,
			fc.record({
				type: fc.constantFrom(VariantType.INF_MIN, VariantType.INF_MAX, VariantType.AUTO_INCREMENT),
			}),
		),
	)
	.map(([name, content]) => ({ name, ...content }) as PlainBufferCell);

const cells: fc.Arbitrary<PlainBufferCell> = fc
	.tuple(
		fc.oneof(
			contents,
			fc.record({ value: fc.double(), type: fc.constant(VariantType.DOUBLE) }),
			fc.record({ value: fc.boolean(), type: fc.constant(VariantType.BOOLEAN) }),
			fc.constant({}),
		),
		fc.record(
			{
				name: names,
				op: fc.constantFrom(0, 1, 2, 3, 4, 255),
				ts: fc.constantFrom(-1, 0, 1, 2 ** 53, Date.now()),
			},
			{ requiredKeys: ["name"] },
		),
	)
	.map(([content, rest]) => ({ ...content, ...rest }) as PlainBufferCell);

const usualKey: PlainBufferCell[] = [
	{ name: "id", value: "x", type: VariantType.STRING },
	{ name: "n", value: 1n, type: VariantType.INTEGER },
];

const plainRows = fc
	.record({
		primaryKey: fc.oneof(fc.array(keyCells, { minLength: 1, maxLength: 3 }), fc.constant(usualKey)),
		attributes: fc.array(cells, { maxLength: 4 }),
		deleteMarker: fc.boolean(),
	})
	.map((row) => Buffer.from(encodePlainBuffer([row])));

const conditions = fc.record({
	rowExistence: fc.constantFrom("IGNORE", "EXPECT_EXIST", "EXPECT_NOT_EXIST"),
	columnCondition: fc.uint8Array({ maxLength: 12 }),
});

const common = { tableName: fc.constantFrom("t", "scratch", "nowhere", "") };

const wellFormed = fc.oneof(
	fc.record({ ...common, row: plainRows, condition: conditions }).map((fields) => ({
		operation: "PutRow",
		body: encode("PutRowRequest", fields),
	})),
	fc.record({ ...common, rowChange: plainRows, condition: conditions }).map((fields) => ({
		operation: "UpdateRow",
		body: encode("UpdateRowRequest", fields),
	})),
	fc.record({ ...common, primaryKey: plainRows, condition: conditions }).map((fields) => ({
		operation: "DeleteRow",
		body: encode("DeleteRowRequest", fields),
	})),
	fc
		.record({
			...common,
			primaryKey: plainRows,
			maxVersions: fc.constantFrom(-1, 0, 1, 2 ** 31 - 1),
			filter: fc.uint8Array({ maxLength: 20 }),
		})
		.map((fields) => ({ operation: "GetRow", body: encode("GetRowRequest", fields) })),
	fc
		.record({
			...common,
			direction: fc.constantFrom("FORWARD", "BACKWARD"),
			maxVersions: fc.constant(1),
			limit: fc.constantFrom(-1, 0, 1, 10),
			inclusiveStartPrimaryKey: plainRows,
			exclusiveEndPrimaryKey: plainRows,
		})
		.map((fields) => ({ operation: "GetRange", body: encode("GetRangeRequest", fields) })),
	fc
		.record({
			...common,
			rows: fc.array(
				fc.record({
					type: fc.constantFrom("PUT", "UPDATE", "DELETE"),
					rowChange: plainRows,
					condition: conditions,
				}),
				{ maxLength: 4 },
			),
		})
		.map((table) => ({
			operation: "BatchWriteRow",
			body: encode("BatchWriteRowRequest", { tables: [table] }),
		})),
);

test("well-formed requests that make no sense are refused or carried out", async () => {
	await bombard(fc.sample(wellFormed, 1500));
	await stillWorks();
});

test("requests with bytes changed, cut out or repeated are refused or carried out", async () => {
	const mutated = fc
		.record({
			request: wellFormed,
			at: fc.nat(),
			length: fc.nat(8),
			byte: fc.nat(255),
			how: fc.nat(2),
		})
		.map(({ request: { operation, body }, at, length, byte, how }) => {
			const start = body.length === 0 ? 0 : at % body.length;
			const piece = body.subarray(start, start + length);
			const middle =
				how === 0
					? Buffer.alloc(0)
					: how === 1
						? Buffer.concat([piece, piece])
						: Buffer.from([byte]);
			const rest = body.subarray(start + piece.length);
			return { operation, body: Buffer.concat([body.subarray(0, start), middle, rest]) };
		});
	await bombard(fc.sample(mutated, 1500));
	await stillWorks();
});

test("what is no HTTP, and bodies that break off, harm nobody", async () => {
	const { hostname, port } = new URL(url);
	const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), 200);
	const beginnings = [
		"POST /PutRow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nshort",
		"POST /PutRow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nshort",
		"POST /%ff?\0 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\n",
	];
	for (const bytes of [...noise, ...beginnings.map((text) => Buffer.from(text))]) {
		const socket = connect(Number(port), hostname);
		socket.on("error", () => {});
		await once(socket, "connect");
		socket.write(bytes);
		socket.end();
		socket.resume();
		await once(socket, "close");
	}
	await stillWorks();
});

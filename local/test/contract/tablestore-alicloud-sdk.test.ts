import {
	BatchGetRow,
	BatchWriteRow,
	Client,
	ComparatorType,
	createAttribute,
	createPrimaryKey,
	DeleteRow,
	Direction,
	GetRange,
	GetRow,
	INF_MAX,
	INF_MIN,
	OperationType,
	type PlainBufferRow,
	PutRow,
	RowExistenceExpectation,
	singleColumnCondition,
	UpdateRow,
} from "alicloud-tablestore";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNT, INSTANCE } from "../support/tablestore/fixtures.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import { tableOf } from "../support/tablestore/schema.ts";

/** The second npm SDK: another encoder, another decoder, another HTTP client. */

// It reads `Buffer.from(bytes).buffer` as if that held the bytes alone. Without
// Node's pool of small buffers that is so; with it, no small row can be read.
Buffer.poolSize = 0;

const TABLE = "users";
let running: Running;
let client: Client;

beforeAll(async () => {
	running = await startLocalTablestore();
	await running.client.createTable(
		tableOf(TABLE, [
			["id", "STRING"],
			["n", "INTEGER"],
		]),
	);
	client = new Client({
		endpoint: running.service.url.replace("http://", ""),
		accessKeyID: ACCOUNT.root.accessKeyId,
		accessKeySecret: ACCOUNT.root.accessKeySecret,
		instanceName: INSTANCE,
	});
});

afterAll(() => running.stop());

const key = (id: string, n: bigint | typeof INF_MIN | typeof INF_MAX) => [
	createPrimaryKey("id", id),
	createPrimaryKey("n", n),
];

const values = (row: PlainBufferRow | undefined) =>
	row && Object.fromEntries((row.attributes ?? []).map(({ name, value }) => [name, value]));

async function read(id: string, n: bigint) {
	const answer = await new GetRow(client).do({ tableName: TABLE, primaryKey: key(id, n) });
	return values(GetRow.response(answer).row?.[0]);
}

test("a row is put, read, updated and deleted", async () => {
	await new PutRow(client).do({
		tableName: TABLE,
		primaryKey: key("a", -1n),
		attributes: [
			createAttribute("text", "ž"),
			createAttribute("big", 2n ** 62n),
			createAttribute("real", 0.5),
			createAttribute("yes", true),
			createAttribute("bytes", new Uint8Array([0, 255])),
		],
	});
	expect(await read("a", -1n)).toEqual({
		text: "ž",
		big: 2n ** 62n,
		real: 0.5,
		yes: true,
		bytes: new Uint8Array([0, 255]),
	});
	await new UpdateRow(client).do({
		tableName: TABLE,
		primaryKey: key("a", -1n),
		columnToUpdate: {
			put: [createAttribute("text", "changed")],
			delete: [{ name: "real" }, { name: "yes" }, { name: "bytes" }],
			increment: [createAttribute("big", 1n)],
		},
	});
	expect(await read("a", -1n)).toEqual({ text: "changed", big: 2n ** 62n + 1n });
	await new DeleteRow(client).do({
		tableName: TABLE,
		primaryKey: key("a", -1n),
		condition: { rowExistence: RowExistenceExpectation.EXPECT_EXIST },
	});
	expect(await read("a", -1n)).toBeUndefined();
});

test("conditions are checked", async () => {
	const put = (rowExistence: 0 | 1 | 2, state?: string) =>
		new PutRow(client).do({
			tableName: TABLE,
			primaryKey: key("b", 1n),
			attributes: [createAttribute("state", "sent")],
			condition: {
				rowExistence,
				...(state === undefined
					? {}
					: { columnCondition: singleColumnCondition("state", state, ComparatorType.CT_EQUAL) }),
			},
		});
	await put(RowExistenceExpectation.EXPECT_NOT_EXIST);
	await expect(put(RowExistenceExpectation.EXPECT_NOT_EXIST)).rejects.toThrow(
		"OTSConditionCheckFail",
	);
	await put(RowExistenceExpectation.EXPECT_EXIST, "sent");
	await expect(put(RowExistenceExpectation.EXPECT_EXIST, "failed")).rejects.toThrow(
		"OTSConditionCheckFail",
	);
});

test("batches and ranges", async () => {
	const written = await new BatchWriteRow(client).do({
		tables: [
			{
				tableName: TABLE,
				rows: [1n, 2n, 3n].map((n) => ({
					type: OperationType.PUT,
					condition: { rowExistence: RowExistenceExpectation.IGNORE },
					primaryKey: key("c", n),
					attributes: [createAttribute("n2", n * n)],
				})),
			},
		],
	});
	expect(BatchWriteRow.response(written).tables[0]?.rows.map((row) => row.isOK)).toEqual([
		true,
		true,
		true,
	]);
	const got = await new BatchGetRow(client).do({
		tables: [{ tableName: TABLE, primaryKeys: [key("c", 2n), key("c", 9n)], maxVersions: 1 }],
	});
	const rows = BatchGetRow.response(got).tables[0]?.rows ?? [];
	expect(rows.map((row) => values(row.row?.[0]))).toEqual([{ n2: 4n }, undefined]);
	const range = await new GetRange(client).do({
		tableName: TABLE,
		direction: Direction.BACKWARD,
		inclusiveStartPrimaryKey: key("c", INF_MAX),
		exclusiveEndPrimaryKey: key("c", INF_MIN),
		limit: 2,
		maxVersions: 1,
	});
	const page = GetRange.response(range);
	expect((page.rows ?? []).map(values)).toEqual([{ n2: 9n }, { n2: 4n }]);
});

import { invalidTableName, OtsError, parameterInvalid } from "../errors.ts";
import {
	DEFAULT_MAX_DEVIATION_SECONDS,
	MAX_DEFINED_COLUMNS,
	MAX_PRIMARY_KEY_COLUMNS,
	MAX_TABLES_PER_INSTANCE,
	MIN_TIME_TO_LIVE_SECONDS,
	NEVER_EXPIRES,
} from "../limits.ts";
import { isName } from "../model/name.ts";
import type { DefinedColumn, KeyColumnSchema, Table, TableOptions } from "../model/table.ts";
import type { Catalog } from "../store/catalog.ts";
import type { Fields } from "../wire/message.ts";
import type { CapacityUnitMessage, TableOptionsMessage } from "../wire/table-messages.ts";

/** What a definition of a table must hold. Everything here throws `OtsError`. */

export function checkTableName(name: string): void {
	if (!isName(name)) throw invalidTableName(name);
}

export function checkTableCount(catalog: Catalog, more: number): void {
	if (catalog.size + more > MAX_TABLES_PER_INSTANCE) {
		throw new OtsError(403, "OTSQuotaExhausted", "Number of tables exceeded the quota.");
	}
}

export function checkKeySchema(key: readonly KeyColumnSchema[], tableName: string): void {
	if (key.length < 1 || key.length > MAX_PRIMARY_KEY_COLUMNS) {
		throw parameterInvalid(
			`The number of primary key columns must be in range: [1, ${MAX_PRIMARY_KEY_COLUMNS}].`,
		);
	}
	const names = key.map((column) => column.name);
	for (const [index, { name, type, option }] of key.entries()) {
		if (!isName(name)) throw parameterInvalid(`Invalid column name: '${name}'.`);
		if (names.indexOf(name) !== index) {
			throw parameterInvalid(`Duplicated primary key name: '${name}'.`);
		}
		if (option === undefined) continue;
		if (type !== 1) throw parameterInvalid("AUTO_INCREMENT primary key must be integer.");
		if (index === 0) {
			throw parameterInvalid(`First primary key can't be auto increment, table: '${tableName}'.`);
		}
	}
	if (key.filter((column) => column.option !== undefined).length > 1) {
		throw parameterInvalid("AUTO_INCREMENT primary key count must <= 1.");
	}
}

export function checkDefinedColumns(
	columns: readonly DefinedColumn[],
	key: readonly KeyColumnSchema[],
): void {
	if (columns.length > MAX_DEFINED_COLUMNS) {
		throw parameterInvalid(
			`The number of defined columns must be in range: [0, ${MAX_DEFINED_COLUMNS}].`,
		);
	}
	const names = columns.map((column) => column.name);
	for (const [index, name] of names.entries()) {
		if (!isName(name)) throw parameterInvalid(`Invalid column name: '${name}'.`);
		if (names.indexOf(name) !== index || key.some((column) => column.name === name)) {
			throw parameterInvalid(`Duplicated column name: '${name}'.`);
		}
	}
}

export function newOptions(given: Fields<typeof TableOptionsMessage> | undefined): TableOptions {
	if (given?.timeToLive === undefined) {
		throw parameterInvalid("Time-to-live is missing while creating table.");
	}
	if (given.maxVersions === undefined) {
		throw parameterInvalid("MaxVersions is missing while creating table.");
	}
	return changedOptions(
		{
			timeToLiveSeconds: NEVER_EXPIRES,
			maxVersions: 1,
			maxDeviationSeconds: DEFAULT_MAX_DEVIATION_SECONDS,
			allowUpdate: true,
		},
		given,
	);
}

export function changedOptions(
	current: TableOptions,
	given: Fields<typeof TableOptionsMessage>,
): TableOptions {
	const options: TableOptions = {
		timeToLiveSeconds: given.timeToLive ?? current.timeToLiveSeconds,
		maxVersions: given.maxVersions ?? current.maxVersions,
		maxDeviationSeconds:
			given.deviationSeconds === undefined
				? current.maxDeviationSeconds
				: deviation(given.deviationSeconds),
		allowUpdate: given.allowUpdate ?? current.allowUpdate,
		updateFullRow: given.updateFullRow ?? current.updateFullRow,
	};
	const { timeToLiveSeconds, maxVersions } = options;
	if (timeToLiveSeconds === 0 || timeToLiveSeconds < NEVER_EXPIRES) {
		throw parameterInvalid("TimeToLive cannot be 0 or less than -1.");
	}
	if (timeToLiveSeconds !== NEVER_EXPIRES && timeToLiveSeconds < MIN_TIME_TO_LIVE_SECONDS) {
		throw parameterInvalid(
			`TimeToLive must be -1 or at least ${MIN_TIME_TO_LIVE_SECONDS} seconds.`,
		);
	}
	if (maxVersions <= 0) {
		throw parameterInvalid("The maximum versions cannot be less than or equal to 0.");
	}
	return options;
}

/** "The maximum deviation must be in range [0, INT64_MAX/1000000]"; 0 would allow no timestamp at all. */
const MAX_DEVIATION_SECONDS = (2n ** 63n - 1n) / 1_000_000n;

function deviation(seconds: bigint): number {
	if (seconds <= 0n || seconds > MAX_DEVIATION_SECONDS) {
		throw parameterInvalid("The maximum deviation must be in range [0, INT64_MAX/1000000].");
	}
	return Number(seconds);
}

/** @param before what stays where one of them is not given. */
export function reservedThroughput(
	{ read, write }: Fields<typeof CapacityUnitMessage>,
	before: Table["reserved"] = { read: 0, write: 0 },
) {
	const reserved = { read: read ?? before.read, write: write ?? before.write };
	for (const value of [reserved.read, reserved.write]) {
		if (value < 0) {
			throw parameterInvalid(`Invalid Capacity Unit: ${value}. Capacity Unit must be nonnegative.`);
		}
	}
	return reserved;
}

/** Indexes want one version of a row, and rows that expire only as a whole. */
export function checkIndexOptions(options: TableOptions, indexes: Table["indexes"]): void {
	if (indexes.length === 0) return;
	if (options.maxVersions !== 1) {
		throw parameterInvalid("Don't support index on table whose MaxVersions is not 1.");
	}
	if (options.timeToLiveSeconds !== NEVER_EXPIRES && options.allowUpdate) {
		throw parameterInvalid("Don't support allow update operation on table with index and ttl");
	}
}

/**
 * The parts of the npm package `tablestore` that are used here, with the types
 * that its own declarations lack (an HTTP agent, 64-bit integers that come back).
 * It is CommonJS and says so only at run time.
 */
import sdk from "tablestore";

export const {
	Client,
	Condition,
	Direction,
	DefinedColumnType,
	INF_MAX,
	INF_MIN,
	Long,
	PrimaryKeyType,
	RowExistenceExpectation,
	SingleColumnCondition,
	ComparatorType,
} = sdk;

export type SdkClient = InstanceType<typeof sdk.Client>;
export type SdkConfig = ConstructorParameters<typeof sdk.Client>[0];
export type SdkPrimaryKey = Parameters<SdkClient["getRow"]>[0]["primaryKey"];

/** A row as every read of the SDK gives it; absent rows have no primary key. */
export interface SdkRow {
	readonly primaryKey?: ReadonlyArray<{ readonly name: string; readonly value: unknown }> | null;
	readonly attributes?: ReadonlyArray<{
		readonly columnName: string;
		readonly columnValue: unknown;
	}> | null;
}

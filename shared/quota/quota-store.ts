import { spread } from "../store/shard.ts";
import type { Key, Table } from "../table/table.ts";
import type { Member, Plan } from "./plan.ts";

const MEMBERS = "members";
const BODY = "body";
/** More instances than any account has. */
const MAX_MEMBERS = 1_000;

/** The rows that instances share: one for each of them, one plan a slice, one for each claimed call of the reserve. */
export class QuotaStore {
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}

	async publish(member: Member): Promise<void> {
		const row = { key: [MEMBERS, member.instance], columns: { [BODY]: JSON.stringify(member) } };
		await this.#table.put("quota", row, { row: "any" });
	}

	async members(): Promise<Member[]> {
		const rows = await this.#table.range("quota", {
			prefix: [MEMBERS],
			direction: "forward",
			limit: MAX_MEMBERS,
		});
		return rows.map(({ columns }) => JSON.parse(String(columns[BODY])) as Member);
	}

	async plan(slice: number): Promise<Plan | undefined> {
		const row = await this.#table.get("quota", planKey(slice));
		return row && (JSON.parse(String(row.columns[BODY])) as Plan);
	}

	/** @returns whether it is the slice's plan now; if not, another one is. */
	propose(plan: Plan): Promise<boolean> {
		const row = { key: planKey(plan.slice), columns: { [BODY]: JSON.stringify(plan) } };
		return this.#table.put("quota", row, { row: "absent" });
	}

	/** @returns whether this call of that second's reserve is the instance's. */
	claim(period: number, index: number, instance: string): Promise<boolean> {
		const row = { key: [reservePart(period), String(index)], columns: { instance } };
		return this.#table.put("quota", row, { row: "absent" });
	}

	/** The calls of that second's reserve that somebody has. */
	async claimed(period: number): Promise<Set<number>> {
		const rows = await this.#table.range("quota", {
			prefix: [reservePart(period)],
			direction: "forward",
			limit: MAX_MEMBERS,
		});
		return new Set(rows.map(({ key }) => Number(key[1])));
	}

	async forget(instance: string): Promise<void> {
		await this.#table.remove("quota", [MEMBERS, instance], { row: "any" });
	}
}

const reservePart = (period: number): string => spread(`reserve#${period}`);
const planKey = (slice: number): Key => [spread(`slice#${slice}`), "plan"];

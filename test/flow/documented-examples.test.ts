import { describe, expect, it } from "vitest";
import { DescribedApi, type Operation } from "../support/api/described-api.ts";
import { answered } from "../support/world/scripted-platform.ts";
import { World } from "../support/world/world.ts";

const operations = new DescribedApi().operations();
const exampleOf = ({ requestBody }: Operation): unknown =>
	requestBody?.content["application/json"].example;

/** A world that holds one of what the path is about, with its id. */
async function worldFor(path: string): Promise<{ world: World; id: string }> {
	const world = new World();
	world.platform.script = () => answered();
	const list = path.split("/{id}")[0] ?? "";
	if (!path.includes("{id}")) return { world, id: "" };
	if (list === "/v1/dead-letters") {
		const body = JSON.stringify({ service: "Set" });
		await world.deliver({ id: "bad", body });
		const { body: page } = await world.request("GET", list);
		const [letter] = page["deadLetters"] as Array<{ id: string }>;
		return { world, id: letter?.id ?? "" };
	}
	if (list === "/v1/operations") {
		const made = await world.request("POST", "/v1/commands/cancel", { body: { filter: {} } });
		return { world, id: made.body.id };
	}
	const creates = operations.find((one) => one.path === list && one.method === "POST");
	if (!creates) throw new Error(`nothing creates what ${path} is about`);
	const { body } = await world.request("POST", list, { body: exampleOf(creates.operation) });
	return { world, id: body.id };
}

/** What one that was just made cannot do; every other request succeeds. */
const REFUSED: Readonly<Record<string, number>> = { redriveCommand: 409, redriveDeadLetter: 422 };

describe("a request as the API's document shows it", () => {
	it.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))(
		"%s is answered as the document says",
		async (_, { method, path, operation }) => {
			const { world, id } = await worldFor(path);
			const body = exampleOf(operation);
			const url = path.replace("{id}", id);
			const answer = await world.request(method, url, body === undefined ? {} : { body });
			const refused = REFUSED[operation.operationId];
			if (refused) expect(answer.status).toBe(refused);
			else expect(String(answer.status)).toMatch(/^2/);
			expect(operation.responses).toHaveProperty(String(answer.status));
		},
	);
});

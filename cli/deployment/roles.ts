import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { FUNCTIONS, type Names } from "./names.ts";
import type { Item, Part } from "./part.ts";
import type { Rpc } from "./rpc.ts";

const PART = "role";
const MISSING = /^EntityNotExist\b/;
type FunctionName = (typeof FUNCTIONS)[number];

interface Wanted {
	readonly role: string;
	/** Who may take the role, and what it may do, as JSON. */
	readonly trust: unknown;
	readonly policy: unknown;
}

/** A role for each function, with a policy of the same name: RAM, version 2015-05-01. */
export function openRoles(ram: Rpc, folder: string, accountId: string, names: Names): Part {
	const wanted = new Map(
		FUNCTIONS.map((name) => {
			const one = wantedOf(folder, name, accountId, names);
			return [one.role, one] as const;
		}),
	);
	return {
		part: PART,
		plan: () => Promise.all([...wanted.values()].map((one) => planned(ram, one))),
		apply: async ({ name }) => {
			const one = wanted.get(name);
			if (one) await provide(ram, one);
		},
	};
}

/** The documents of docs/, with this account's names in the place of the usual ones. */
function wantedOf(folder: string, name: FunctionName, accountId: string, names: Names): Wanted {
	const { region, instance, prefix, queues } = names;
	const read = (file: string) =>
		JSON.parse(
			readFileSync(join(folder, "docs", file), "utf8")
				.replaceAll("ACCOUNT_ID", accountId)
				.replaceAll("cn-shanghai", region)
				.replaceAll("instance/thingcast/", `instance/${instance}/`)
				.replaceAll("queues/thingcast-failures", `queues/${queues.failures}`),
		) as unknown;
	return {
		role: `${prefix}-${name}`,
		trust: read("ram-trust-policy.json"),
		policy: read(`ram-policy-${name}.json`),
	};
}

async function planned(ram: Rpc, wanted: Wanted): Promise<Item> {
	const { role, policy } = await found(ram, wanted.role);
	const name = wanted.role;
	if (!role) return { part: PART, name, plan: "create" };
	const lacks = [
		...(isDeepStrictEqual(role.trust, wanted.trust) ? [] : ["its trust policy"]),
		...(isDeepStrictEqual(policy, wanted.policy) ? [] : ["its policy"]),
		...(role.attached ? [] : ["that the policy is attached"]),
	];
	if (lacks.length === 0) return { part: PART, name, plan: "keep" };
	return { part: PART, name, plan: "update", detail: `differs: ${lacks.join(", ")}` };
}

async function found(ram: Rpc, name: string) {
	const [role, policy] = await Promise.all([
		orMissing(ram("GetRole", { RoleName: name })),
		orMissing(ram("GetPolicy", { PolicyType: "Custom", PolicyName: name })),
	]);
	if (!role) return { role: undefined, policy: documentOf(policy) };
	const { Policies } = (await ram("ListPoliciesForRole", { RoleName: name })) as {
		Policies?: { Policy?: ReadonlyArray<{ PolicyName: string }> };
	};
	const attached = Policies?.Policy?.some(({ PolicyName }) => PolicyName === name) ?? false;
	const { AssumeRolePolicyDocument } = role["Role"] as { AssumeRolePolicyDocument: string };
	const trust = JSON.parse(AssumeRolePolicyDocument) as unknown;
	return { role: { trust, attached }, policy: documentOf(policy) };
}

function documentOf(policy: Readonly<Record<string, unknown>> | undefined): unknown {
	const version = policy?.["DefaultPolicyVersion"] as { PolicyDocument: string } | undefined;
	return version && JSON.parse(version.PolicyDocument);
}

async function provide(ram: Rpc, { role, trust, policy }: Wanted): Promise<void> {
	const now = await found(ram, role);
	const AssumeRolePolicyDocument = JSON.stringify(trust);
	const PolicyDocument = JSON.stringify(policy);
	if (!now.role) await ram("CreateRole", { RoleName: role, AssumeRolePolicyDocument });
	else if (!isDeepStrictEqual(now.role.trust, trust)) {
		await ram("UpdateRole", {
			RoleName: role,
			NewAssumeRolePolicyDocument: AssumeRolePolicyDocument,
		});
	}
	if (now.policy === undefined) await ram("CreatePolicy", { PolicyName: role, PolicyDocument });
	else if (!isDeepStrictEqual(now.policy, policy)) {
		// The version before stays there and can be made the default again; of five the oldest goes.
		const RotateStrategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded";
		const version = { PolicyName: role, PolicyDocument, SetAsDefault: "true", RotateStrategy };
		await ram("CreatePolicyVersion", version);
	}
	if (!now.role?.attached) {
		const names = { PolicyType: "Custom", PolicyName: role, RoleName: role };
		await ram("AttachPolicyToRole", names);
	}
}

async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
	try {
		return await answer;
	} catch (error) {
		if (MISSING.test(String((error as { code?: unknown }).code))) return undefined;
		throw error;
	}
}

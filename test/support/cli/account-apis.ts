import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Fields = Readonly<Record<string, string>>;

const ACCOUNT_ID = "1234567890123456";

/**
 * RAM, STS and the subscriptions of IoT Platform as far as `setup` asks them: what
 * the local cloud does not have. After the vendor's API references; no live account has confirmed it.
 */
export class AccountApis {
	readonly #server: Server;
	readonly #roles = new Map<string, { trust: string; policies: Set<string> }>();
	readonly #policies = new Map<string, string>();
	readonly #products = new Map<string, Fields>();
	/** Actions that change something, in their order. */
	readonly changes: string[] = [];

	private constructor() {
		this.#server = createServer(async (request, response) => {
			const url = new URL(request.url ?? "/", "http://localhost");
			const form = new URLSearchParams(await text(request));
			const fields = Object.fromEntries([...url.searchParams, ...form]);
			const action = String(request.headers["x-acs-action"] ?? fields["Action"]);
			const [status, body] = this.#answer(action, fields);
			response.writeHead(status, { "content-type": "application/json" });
			response.end(JSON.stringify({ RequestId: "1", ...body }));
		});
	}

	static async start(): Promise<AccountApis> {
		const apis = new AccountApis();
		await new Promise<void>((resolve) => apis.#server.listen(0, "127.0.0.1", resolve));
		return apis;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	get accountId(): string {
		return ACCOUNT_ID;
	}

	/** Somebody changes what a role may do. */
	tamper(role: string): void {
		this.#policies.set(role, JSON.stringify({ Version: "1", Statement: [] }));
	}

	policyOf(role: string): string | undefined {
		return this.#policies.get(role);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#answer(action: string, fields: Fields): [number, object] {
		const { RoleName = "", PolicyName = "", ProductKey = "" } = fields;
		const role = this.#roles.get(RoleName);
		const policy = this.#policies.get(PolicyName);
		const missing = (what: string): [number, object] => [
			404,
			{ Code: `EntityNotExist.${what}`, Message: `The ${what} does not exist.` },
		];
		if (!/^(Get|List|Query)/.test(action)) this.changes.push(action);
		switch (action) {
			case "GetCallerIdentity":
				return [200, { AccountId: ACCOUNT_ID }];
			case "GetRole":
				return role ? [200, { Role: { AssumeRolePolicyDocument: role.trust } }] : missing("Role");
			case "CreateRole":
				this.#roles.set(RoleName, {
					trust: fields["AssumeRolePolicyDocument"] ?? "",
					policies: new Set(),
				});
				return [200, {}];
			case "GetPolicy":
				return policy === undefined
					? missing("Policy")
					: [200, { DefaultPolicyVersion: { PolicyDocument: policy } }];
			case "CreatePolicy":
			case "CreatePolicyVersion":
				this.#policies.set(PolicyName, fields["PolicyDocument"] ?? "");
				return [200, {}];
			case "ListPoliciesForRole":
				return [
					200,
					{
						Policies: { Policy: [...(role?.policies ?? [])].map((name) => ({ PolicyName: name })) },
					},
				];
			case "AttachPolicyToRole":
				role?.policies.add(PolicyName);
				return [200, {}];
			case "QuerySubscribeRelation": {
				const found = this.#products.get(ProductKey);
				return [
					200,
					found
						? {
								Success: true,
								MnsConfiguration: found["MnsConfiguration"],
								DeviceDataFlag: found["DeviceDataFlag"] === "true",
								DeviceStatusChangeFlag: found["DeviceStatusChangeFlag"] === "true",
							}
						: { Success: false, ErrorMessage: "subscribe relation not exist" },
				];
			}
			case "CreateSubscribeRelation":
				this.#products.set(ProductKey, fields);
				return [200, { Success: true }];
			default:
				return [400, { Code: "InvalidAction", Message: `nothing is known of ${action}` }];
		}
	}
}

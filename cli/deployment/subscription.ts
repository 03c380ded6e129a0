import type { Names } from "./names.ts";
import type { Item, Part } from "./part.ts";
import type { Rpc } from "./rpc.ts";

const PART = "device messages";
const MNS_ROLE = "AliyunIOTAccessingMNSRole";

interface Subscription {
	readonly Success?: boolean;
	readonly ErrorMessage?: string;
	readonly Type?: string;
	readonly DeviceDataFlag?: boolean;
	readonly DeviceStatusChangeFlag?: boolean;
	readonly MnsConfiguration?: string;
}

/** The queue that IoT Platform itself makes for a product. */
const queueOf = (productKey: string): string => `aliyun-iot-${productKey}`;

/**
 * What devices of these products report goes to a queue: IoT Platform, version
 * 2018-01-20, QuerySubscribeRelation and CreateSubscribeRelation with Type MNS.
 */
export function openSubscriptions(
	iot: Rpc,
	products: readonly string[],
	accountId: string,
	{ region }: Names,
	iotInstanceId?: string,
): Part {
	const common = (ProductKey: string) => ({
		ProductKey,
		Type: "MNS",
		...(iotInstanceId ? { IotInstanceId: iotInstanceId } : {}),
	});
	const planned = async (productKey: string): Promise<Item> => {
		const found = (await iot("QuerySubscribeRelation", common(productKey))) as Subscription;
		const item = { part: PART, name: productKey };
		if (!found.Success || !found.MnsConfiguration) return { ...item, plan: "create" };
		if (found.DeviceDataFlag && found.DeviceStatusChangeFlag) return { ...item, plan: "keep" };
		return { ...item, plan: "update", detail: "lacks data or status" };
	};
	return {
		part: PART,
		plan: () => Promise.all(products.map(planned)),
		apply: async ({ name, plan }) => {
			const role = {
				roleArn: `acs:ram::${accountId}:role/${MNS_ROLE.toLowerCase()}`,
				roleName: MNS_ROLE,
			};
			const answer = (await iot(
				plan === "create" ? "CreateSubscribeRelation" : "UpdateSubscribeRelation",
				{
					...common(name),
					DeviceDataFlag: "true",
					DeviceStatusChangeFlag: "true",
					DeviceLifeCycleFlag: "true",
					DeviceTagFlag: "true",
					MnsConfiguration: JSON.stringify({ queueName: queueOf(name), regionName: region, role }),
				},
			)) as Subscription;
			if (!answer.Success) throw new Error(answer.ErrorMessage ?? "IoT Platform refused it");
		},
	};
}

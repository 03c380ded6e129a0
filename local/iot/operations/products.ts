import { productOf, require } from "../platform.ts";
import type { Product } from "../registry.ts";
import type { JsonObject, Operation } from "./operation.ts";

export const createProduct: Operation = {
	required: ["NodeType", "ProductName"],
	perSecond: 50,
	run({ platform, params }) {
		const product = platform.registry.createProduct({
			productName: require(params, "ProductName"),
			nodeType: Number(params.get("NodeType")),
			dataFormat: Number(params.get("DataFormat") ?? "1"),
			authType: params.get("AuthType") ?? "secret",
			description: params.get("Description") ?? "",
		});
		return {
			Data: { ...shown(product), ProductSecret: product.productSecret },
			ProductKey: product.productKey,
		};
	},
};

export const queryProduct: Operation = {
	required: ["ProductKey"],
	perSecond: 50,
	run({ platform, params }) {
		const product = productOf(platform, params);
		return {
			Data: {
				...shown(product),
				ProductSecret: product.productSecret,
				ProductStatus: "DEVELOPMENT_STATUS",
				GmtCreate: product.createdAt,
				DeviceCount: product.deviceCount,
				Owner: true,
			},
		};
	},
};

function shown(product: Product): JsonObject {
	return {
		ProductKey: product.productKey,
		ProductName: product.productName,
		NodeType: product.nodeType,
		DataFormat: product.dataFormat,
		AuthType: product.authType,
		Description: product.description,
		AliyunCommodityCode: "iothub_senior",
		Id2: false,
	};
}

import { productOf, require } from "../platform.ts";
import type { Product } from "../registry.ts";
import type { JsonObject, Operation } from "./operation.ts";
import { pageOf } from "./pages.ts";

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

/** QueryProductList: "PageSize: 1 to 200". */
const MAX_PRODUCTS = 200;

export const queryProductList: Operation = {
	required: ["CurrentPage", "PageSize"],
	perSecond: 10,
	run({ platform, params }) {
		const { page, size } = pageOf(params, MAX_PRODUCTS);
		const products = platform.registry.products().toSorted((a, b) => b.createdAt - a.createdAt);
		return {
			Data: {
				CurrentPage: page,
				PageCount: Math.ceil(products.length / size),
				PageSize: size,
				Total: products.length,
				List: {
					ProductInfo: products.slice((page - 1) * size, page * size).map((product) => ({
						ProductKey: product.productKey,
						ProductName: product.productName,
						NodeType: product.nodeType,
						DataFormat: product.dataFormat,
						AuthType: product.authType,
						Description: product.description,
						DeviceCount: product.deviceCount,
						GmtCreate: product.createdAt,
					})),
				},
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

//! What is said about a secret, by its category.

use model::Text;

/// More about a secret: what it opens, and how it lies there.
pub(super) fn description(category: &str, title: &Text, visible: bool, in_file: bool) -> Text {
    let (opens, opens_zh) = opens(category);
    let (lies, lies_zh) = match (in_file, visible) {
        (false, _) => (
            "It is written in the image's configuration, where everyone who can pull the image reads it.",
            "它写在镜像配置中，任何能拉取该镜像的人都可以读到。",
        ),
        (true, true) => (
            "It is in a file of the image, where everyone who can pull the image or enter a container reads it.",
            "它位于镜像的文件中，任何能拉取该镜像或进入容器的人都可以读到。",
        ),
        (true, false) => (
            "A later layer removes or replaces the file, yet the layer that brought it is still part of the image, and \
             everyone who can pull the image can unpack it.",
            "后面的层虽已删除或替换该文件，但带入它的层仍是镜像的一部分，任何能拉取该镜像的人都可以将其解出。",
        ),
    };
    Text {
        en: format!("{}: {opens}. {lies}", title.en),
        zh: format!("{}：{opens_zh}。{lies_zh}", title.of(model::Language::Chinese)),
    }
}

/// What to do about it.
pub(super) fn advice(visible: bool, in_file: bool) -> Text {
    let (en, zh) = match (in_file, visible) {
        (false, _) => (
            "Revoke it and issue a new one: it has been given away with the image. Take it out of ENV, ARG, LABEL and \
             RUN; give it to builds by RUN --mount=type=secret and to containers when they start, from a secret store \
             or a mounted file. Then build the image anew.",
            "请立即吊销并更换：它已随镜像泄露。从 ENV、ARG、LABEL 和 RUN 指令中移除；构建时使用 RUN --mount=type=secret \
             传入，运行时由密钥管理服务或挂载文件注入，然后重新构建镜像。",
        ),
        (true, true) => (
            "Revoke it and issue a new one: it has been given away with the image. Keep the file out of the image with \
             .dockerignore, give it to builds by RUN --mount=type=secret and to containers when they start, from a \
             secret store or a mounted file. Then build the image anew.",
            "请立即吊销并更换：它已随镜像泄露。用 .dockerignore 将该文件排除在镜像之外；构建时使用 RUN --mount=type=secret \
             传入，运行时由密钥管理服务或挂载文件注入，然后重新构建镜像。",
        ),
        (true, false) => (
            "Revoke it and issue a new one. Deleting the file in a later layer does not remove it: build the image anew \
             without ever copying the file in, by RUN --mount=type=secret or in a build stage whose layers are not kept.",
            "请立即吊销并更换。在后面的层中删除文件并不能将其移除：请重新构建镜像，不要再把该文件复制进来，可使用 \
             RUN --mount=type=secret，或放在不会保留其层的构建阶段中处理。",
        ),
    };
    Text { en: en.to_owned(), zh: zh.to_owned() }
}

fn opens(category: &str) -> (&'static str, &'static str) {
    match category {
        "cloud" => {
            ("whoever has it can act on the cloud account it belongs to", "持有者可以操作其所属的云账号")
        }
        "private-key" => (
            "whoever has it can log in, sign or decrypt in its owner's name",
            "持有者可以冒用其所有者的身份登录、签名或解密",
        ),
        "database" => {
            ("whoever has it can read or change the data behind it", "持有者可以读取或篡改其后的数据")
        }
        "source-control" => (
            "whoever has it can read or change source code, and what is built from it",
            "持有者可以读取或篡改源代码及其构建产物",
        ),
        "registry" => (
            "whoever has it can fetch or publish packages and images in its owner's name",
            "持有者可以冒用其所有者的身份拉取或发布软件包和镜像",
        ),
        "messaging" => (
            "whoever has it can read or send messages in its owner's name",
            "持有者可以冒用其所有者的身份收发消息",
        ),
        "payment" => (
            "whoever has it can see or make payments in its owner's name",
            "持有者可以冒用其所有者的身份查看或发起支付",
        ),
        "ai" => (
            "whoever has it can use the model service at its owner's cost",
            "持有者可以使用该模型服务，费用由其所有者承担",
        ),
        _ => ("whoever has it can use what it protects", "持有者可以使用它所保护的资源"),
    }
}

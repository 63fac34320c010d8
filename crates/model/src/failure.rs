use serde::{Deserialize, Serialize};

use crate::Text;

/// Why an image or a registry could not be read, as a code that programs and people can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The address or name is not written as one.
    InvalidName,
    /// The host's name is unknown.
    HostNotFound,
    /// Nothing answers.
    ConnectionFailed,
    /// The certificate is not trusted or the server speaks no TLS.
    TlsFailed,
    /// The user or password is wrong.
    AuthenticationFailed,
    /// The user may not do this.
    AccessDenied,
    /// There is no such image or repository.
    NotFound,
    /// The registry's own policy refuses to hand the image out.
    BlockedByPolicy,
    /// Too many requests were made.
    RateLimited,
    /// The server failed on its own.
    ServerFailed,
    /// The server was silent for too long.
    TimedOut,
    /// The transfer broke.
    DownloadFailed,
    /// The content is not what its digest names.
    Corrupted,
    /// A document or the content cannot be understood.
    InvalidContent,
    /// Something is larger than it may be.
    TooLarge,
    /// The manifest is of schema 1, which is no longer in use.
    SchemaV1NotSupported,
    /// What is stored there is no container image.
    NotAnImage,
    /// There is no image for the platform asked for.
    PlatformMissing,
    /// The engine does not run or cannot be reached.
    EngineOffline,
    /// The engine or its directories may not be read.
    PermissionDenied,
    /// The engine has the image's name, and not its content.
    ContentMissing,
    /// How the engine stores layers is not known.
    StorageNotSupported,
    /// A file or directory could not be read.
    FileUnreadable,
    /// Only authorised images are scanned, and this is none.
    NotAuthorised,
    /// Something else.
    Unknown,
}

/// Every code: how it is written, and what to do about it in English and Chinese.
const CODES: [(Failure, &str, &str, &str); 25] = [
    (
        Failure::InvalidName,
        "invalid_name",
        "Check how the name or address is written.",
        "请检查名称或地址的写法。",
    ),
    (
        Failure::HostNotFound,
        "host_not_found",
        "Check the host name, and that this machine's DNS knows it.",
        "请检查主机名，并确认本机的 DNS 能解析它。",
    ),
    (
        Failure::ConnectionFailed,
        "connection_failed",
        "Check address and port, firewalls, the allow list of the registry and the proxy.",
        "请检查地址和端口、防火墙、镜像仓库的访问白名单以及代理设置。",
    ),
    (
        Failure::TlsFailed,
        "tls_failed",
        "Add the authority that signed the server's certificate, or renew the certificate.",
        "请添加签发服务器证书的 CA 证书，或更新服务器证书。",
    ),
    (
        Failure::AuthenticationFailed,
        "authentication_failed",
        "Check user name and password, or make a new token.",
        "请检查用户名和密码，或重新生成访问令牌。",
    ),
    (
        Failure::AccessDenied,
        "access_denied",
        "Give the user the right to list and pull what is to be scanned.",
        "请为该用户授予列出和拉取待扫描镜像的权限。",
    ),
    (
        Failure::NotFound,
        "not_found",
        "The image is gone or was never there: synchronise again, and check its name.",
        "镜像已被删除或不存在：请重新同步，并检查镜像名称。",
    ),
    (
        Failure::BlockedByPolicy,
        "blocked_by_policy",
        "The registry does not hand out images that its own policy forbids: scan it as the registry's scanner, or exempt the user.",
        "镜像仓库自身的策略禁止拉取该镜像：请以仓库扫描器的方式接入，或为该用户设置例外。",
    ),
    (
        Failure::RateLimited,
        "rate_limited",
        "The server asks for fewer requests: lower the limit of images per hour, or sign in.",
        "服务器限制了请求频率：请降低每小时拉取镜像数，或使用账号登录。",
    ),
    (
        Failure::ServerFailed,
        "server_failed",
        "The server has a fault of its own: look into its log and try again.",
        "服务器内部出错：请查看其日志后重试。",
    ),
    (
        Failure::TimedOut,
        "timed_out",
        "The server did not answer in time: check the network and its load, and try again.",
        "服务器响应超时：请检查网络和服务器负载后重试。",
    ),
    (
        Failure::DownloadFailed,
        "download_failed",
        "The transfer broke again and again: check the network.",
        "下载多次中断：请检查网络。",
    ),
    (
        Failure::Corrupted,
        "corrupted",
        "What is stored is not what it is named by: push the image again.",
        "存储的内容与摘要不符：请重新推送该镜像。",
    ),
    (
        Failure::InvalidContent,
        "invalid_content",
        "The image or the answer is damaged or written by another standard: push the image again.",
        "镜像或应答已损坏，或不符合标准：请重新推送该镜像。",
    ),
    (
        Failure::TooLarge,
        "too_large",
        "It passes a limit that protects the scanner: raise the limit if you trust the image.",
        "超出了保护扫描器的限制：如果信任该镜像，可以提高限制。",
    ),
    (
        Failure::SchemaV1NotSupported,
        "schema_v1_not_supported",
        "The image is stored in a form given up in 2017: push it again with a current tool.",
        "镜像以 2017 年已废弃的格式存储：请使用新版工具重新推送。",
    ),
    (
        Failure::NotAnImage,
        "not_an_image",
        "What is stored there is a chart, signature or other artifact: there is nothing to scan.",
        "此处存储的是 Chart、签名等其他制品，无需扫描。",
    ),
    (
        Failure::PlatformMissing,
        "platform_missing",
        "Choose one of the platforms that the image has.",
        "请选择该镜像所包含的平台。",
    ),
    (
        Failure::EngineOffline,
        "engine_offline",
        "Start the container engine, and check the path of its socket.",
        "请启动容器引擎，并检查其套接字路径。",
    ),
    (
        Failure::PermissionDenied,
        "permission_denied",
        "Run as root, or as a user who may use the engine.",
        "请以 root 或有权使用该引擎的用户运行。",
    ),
    (
        Failure::ContentMissing,
        "content_missing",
        "Neither the blobs nor the unpacked layers are on this machine: pull the image again.",
        "本机既没有镜像数据，也没有解包后的层：请重新拉取镜像。",
    ),
    (
        Failure::StorageNotSupported,
        "storage_not_supported",
        "Layers of this storage driver are not read in place: scan the image from its registry.",
        "不支持直接读取该存储驱动的镜像层：请从镜像仓库扫描。",
    ),
    (
        Failure::FileUnreadable,
        "file_unreadable",
        "Check the path, its rights, and the disk.",
        "请检查路径、访问权限以及磁盘。",
    ),
    (
        Failure::NotAuthorised,
        "not_authorised",
        "Authorise the image first; if the quota is used up, withdraw other images or have it raised.",
        "请先授权该镜像；若配额已用尽，请撤销其他镜像的授权或调高配额。",
    ),
    (Failure::Unknown, "unknown", "See the message.", "请查看错误信息。"),
];

impl Failure {
    /// Every code.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|(code, ..)| *code)
    }

    /// The code as it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        CODES.iter().find(|(code, ..)| *code == self).map_or("unknown", |(_, word, ..)| word)
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(self) -> Text {
        let row = CODES.iter().find(|(code, ..)| *code == self);
        row.map(|(_, _, english, chinese)| Text::new(*english, *chinese)).unwrap_or_default()
    }
}

/// A word that is no code of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFailure;

impl std::str::FromStr for Failure {
    type Err = UnknownFailure;

    fn from_str(word: &str) -> Result<Self, UnknownFailure> {
        CODES.iter().find(|(_, known, ..)| *known == word).map(|(code, ..)| *code).ok_or(UnknownFailure)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_as_serde_writes_it_and_has_advice_in_both_languages() {
        for code in Failure::all() {
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
            let advice = code.advice();
            assert!(!advice.en.is_empty() && !advice.zh.is_empty(), "{code}");
            assert_eq!(serde_json::from_value::<Failure>(code.word().into()).unwrap(), code);
            assert_eq!(code.word().parse(), Ok(code));
        }
    }
}

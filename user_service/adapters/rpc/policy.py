"""Who may call what here."""

from chassis.rpc.policy import Policy, Rpc

GATEWAY = frozenset({"api-gateway"})
EVERYBODY = frozenset({"api-gateway", "file-metadata-service", "file-upload-service", "user-service"})
_ANONYMOUS = Rpc(callers=GATEWAY, token=False)
_SIGNED_IN = Rpc(callers=GATEWAY, token=True)

POLICY: Policy = {
    "/stowage.user.v1.AccountService/Register": _ANONYMOUS,
    "/stowage.user.v1.AccountService/GetAccount": _SIGNED_IN,
    "/stowage.user.v1.AccountService/UpdateAccount": _SIGNED_IN,
    "/stowage.user.v1.AccountService/ChangePassword": _SIGNED_IN,
    "/stowage.user.v1.SessionService/SignIn": _ANONYMOUS,
    "/stowage.user.v1.SessionService/Refresh": _ANONYMOUS,
    "/stowage.user.v1.SessionService/CheckSession": _SIGNED_IN,
    "/stowage.user.v1.SessionService/ProlongAccess": _SIGNED_IN,
    "/stowage.user.v1.SessionService/ListSessions": _SIGNED_IN,
    "/stowage.user.v1.SessionService/EndSession": _SIGNED_IN,
    "/stowage.user.v1.KeyService/GetSigningKeys": Rpc(callers=EVERYBODY, token=False),
}

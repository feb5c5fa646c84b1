"""A gRPC server before Milvus Lite: it refuses some calls, and may ask for encryption, neither of which Lite does."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Refusals = dict[str, tuple[grpc.StatusCode, str]]


class _Gate:
    """Passes every call on as bytes, but for those that are refused.

    Args:
        server: The address of what answers, without "http://".
        refused: How calls are ended, by the name of the method; a test changes it.
    """

    def __init__(self, server: str, refused: Refusals) -> None:
        self._channel = grpc.insecure_channel(server)
        self._refused = refused

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method = details.method
        pass_on = self._channel.unary_unary(method)

        def answer(request: bytes, context: grpc.ServicerContext) -> Any:
            refusal = self._refused.get(method.rpartition("/")[2])
            if refusal is not None:
                context.abort(*refusal)
            try:
                return pass_on(request)
            except grpc.RpcError as error:
                return context.abort(error.code(), error.details())

        return grpc.unary_unary_rpc_method_handler(answer)

    def close(self) -> None:
        self._channel.close()


@contextmanager
def gate(
    address: str, refused: Refusals, certificates: Certificates | None = None, *, asks_for_one: bool = True
) -> Iterator[str]:
    """Stand before a server until the end of the block; gives the gate's address.

    Args:
        address: The server's.
        refused: How calls are ended, by the name of the method; it may be changed meanwhile.
        certificates: It encrypts with these; None does not.
        asks_for_one: And it asks for a certificate of the same authority.
    """
    handler = _Gate(address.removeprefix("http://"), refused)
    server = grpc.server(ThreadPoolExecutor(4), handlers=[handler])
    if certificates is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", certificates.credentials(asks_for_one=asks_for_one))
    server.start()
    try:
        yield f"{'http' if certificates is None else 'https'}://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
        handler.close()


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files with certificates of one authority for a server on this machine and for whoever asks it.

    Attributes:
        folder: Where they are: `ca.pem`, `server.pem`, `server.key`, `client.pem`, `client.key`.
    """

    folder: Path

    def credentials(self, *, asks_for_one: bool) -> grpc.ServerCredentials:
        key, chain, authority = ((self.folder / name).read_bytes() for name in ("server.key", "server.pem", "ca.pem"))
        return grpc.ssl_server_credentials([(key, chain)], authority, require_client_auth=asks_for_one)


def made_certificates(folder: Path) -> Certificates:
    """Make an authority and what it signs; nothing is known of it outside of the folder."""
    folder.mkdir()
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority of {folder.name}")])
    keys: Mapping[str, ec.EllipticCurvePrivateKey] = {
        "ca": authority_key,
        "server": ec.generate_private_key(ec.SECP256R1()),
        "client": ec.generate_private_key(ec.SECP256R1()),
    }
    now = datetime.now(UTC)
    for name, key in keys.items():
        subject = authority if name == "ca" else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return Certificates(folder)

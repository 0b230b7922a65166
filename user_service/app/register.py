"""Make an account."""

import hmac
from dataclasses import dataclass, field

from chassis.errors import InvalidArgument, Unavailable
from user_service.app.attempts import AttemptGuard
from user_service.domain.account import Account, display_name_of
from user_service.domain.attempts import Purpose
from user_service.domain.email import normalise_email
from user_service.domain.errors import EmailTaken
from user_service.domain.ids import AccountId
from user_service.domain.password import Password, new_password
from user_service.domain.refresh_tokens import RefreshTokenMint
from user_service.ports.account_repository import AccountRepository
from user_service.ports.clock import Clock
from user_service.ports.common_passwords import CommonPasswords
from user_service.ports.entropy import Entropy
from user_service.ports.password_hasher import PasswordHasher

MAX_COMMAND_ID_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody who wants an account says. `address` is that of the person's client."""

    command_id: str
    email: str
    password: str = field(repr=False)
    display_name: str
    address: str


@dataclass(frozen=True, slots=True)
class Register:
    """The same address, command and password again give the account that was made the first time."""

    accounts: AccountRepository
    hasher: PasswordHasher
    guard: AttemptGuard
    mint: RefreshTokenMint
    clock: Clock
    entropy: Entropy
    common: CommonPasswords

    async def __call__(self, registration: Registration) -> Account:
        """Raises EmailInvalid, PasswordUnacceptable, DisplayNameInvalid, EmailTaken, TooManyAttempts.

        Raises Unavailable if the outcome is unknown."""
        if not 0 < len(registration.command_id) <= MAX_COMMAND_ID_LENGTH:
            raise InvalidArgument(f"A command id has 1 to {MAX_COMMAND_ID_LENGTH} characters.")
        email = normalise_email(registration.email)
        password = new_password(registration.password, email=email, common=self.common)
        display_name = display_name_of(registration.display_name)
        async with self.guard.attempt(Purpose.REGISTER, account=email, address=registration.address):
            command_hash = self.mint.command_hash(email, registration.command_id)
            if existing := await self.accounts.find(email):
                return await self._recognise(existing, command_hash, password)
            account = Account(
                id=AccountId(self.entropy.new_id()),
                email=email,
                display_name=display_name,
                password_hash=await self.hasher.hash(password),
                password_version=1,
                created_at=self.clock.now(),
                command_hash=command_hash,
            )
            return await self._add(account, password)

    async def _add(self, account: Account, password: Password) -> Account:
        try:
            await self.accounts.add(account)
        except EmailTaken:
            winner = await self.accounts.find(account.email)
            if winner is None:
                raise Unavailable("The address was taken a moment ago; please try again.") from None
            return await self._recognise(winner, account.command_hash, password)
        return account

    async def _recognise(self, existing: Account, command_hash: str, password: Password) -> Account:
        # The command is compared first, so that nobody can try passwords here.
        same_command = hmac.compare_digest(existing.command_hash, command_hash)
        if same_command and (await self.hasher.verify(password, existing.password_hash)).correct:
            return existing
        raise EmailTaken("Another account has this e-mail address.")

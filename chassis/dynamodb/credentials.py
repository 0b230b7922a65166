"""AWS credentials, found by botocore's chain: environment, profile, container, instance."""

import asyncio
from typing import Any

from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError

from chassis.dynamodb.errors import NotSent
from chassis.dynamodb.signing import Keys


class Credentials:
    """Looked for at the first request, because the chain may ask remote parties, and until they are found."""

    def __init__(self, session: AioSession) -> None:
        self._session = session
        self._found: Any = None
        self._searching = asyncio.Lock()

    async def current(self) -> Keys:
        """Renewed by botocore before they expire. Raises NotSent if there are none."""
        try:
            if self._found is None:
                async with self._searching:
                    self._found = self._found or await self._session.get_credentials()
            if self._found is None:
                raise NotSent("There are no AWS credentials for the database.")
            frozen = await self._found.get_frozen_credentials()
        except BotoCoreError as error:
            raise NotSent("There are no AWS credentials for the database.") from error
        return Keys(frozen.access_key, frozen.secret_key, frozen.token)

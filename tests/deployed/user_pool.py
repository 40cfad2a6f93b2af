"""A Cognito user pool in the emulated AWS, with one user who is signed in."""

from typing import Any


class UserPool:
    """A new pool; `token` is its user's id token."""

    def __init__(self, cognito: Any) -> None:
        self.id: str = cognito.create_user_pool(PoolName="apps")["UserPool"]["Id"]
        client_id = cognito.create_user_pool_client(
            UserPoolId=self.id, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        name, password = "somebody", "Correct-horse-1"
        cognito.admin_create_user(UserPoolId=self.id, Username=name)
        cognito.admin_set_user_password(
            UserPoolId=self.id, Username=name, Password=password, Permanent=True
        )
        signed_in = cognito.initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
        self.token: str = signed_in["AuthenticationResult"]["IdToken"]

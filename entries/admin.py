"""Remove allauth's pages from the admin: sign-in stores none of these records.

allauth registers them without a condition or setting, so unregistering is the only way. Members
have no admin page; staff look one up on the desk (portal/desk/member), which records who looked.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

admin.site.unregister([Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken])

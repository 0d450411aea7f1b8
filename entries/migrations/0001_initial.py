import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaign', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('wester_id', models.CharField(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('active', 'active'), ('withdrawn', 'withdrawn')], max_length=9)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['active', 'withdrawn'])), name='membership_status_known')],
            },
        ),
        migrations.CreateModel(
            name='MembershipRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('status', models.CharField(choices=[('active', 'active'), ('withdrawn', 'withdrawn')], max_length=9)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('wester_id', 'changed_at', 'status'), name='membershiprow_once'), models.CheckConstraint(condition=models.Q(('status__in', ['active', 'withdrawn'])), name='membershiprow_status_known')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', max_length=40, verbose_name='WESTER ID')),
                ('entered_at', models.DateTimeField(db_comment='Instant of the request, not of the insert; the earliest known.', verbose_name='entered at')),
                ('channel', models.CharField(choices=[('web', 'web page'), ('app', 'WESTER app'), ('call_center', 'call centre')], max_length=11, verbose_name='channel')),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='campaign.campaign', verbose_name='campaign')),
            ],
            options={
                'verbose_name': 'entry',
                'verbose_name_plural': 'entries',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'wester_id'), name='entry_one_per_member'), models.CheckConstraint(condition=models.Q(('channel__in', ['web', 'app', 'call_center'])), name='entry_channel_known')],
            },
        ),
        migrations.CreateModel(
            name='EntryRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('entered_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('web', 'web page'), ('app', 'WESTER app'), ('call_center', 'call centre')], max_length=11)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'wester_id', 'entered_at', 'channel'), name='entryrow_once'), models.CheckConstraint(condition=models.Q(('channel__in', ['app', 'call_center'])), name='entryrow_channel_known')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(db_collation='C', db_comment='Who issued the sub; compared unchanged.', max_length=255, verbose_name='issuer')),
                ('sub', models.CharField(db_collation='C', db_comment="OpenID Connect's sub.", max_length=255, verbose_name='account')),
                ('wester_id', models.CharField(db_collation='C', max_length=40, verbose_name='WESTER ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='member', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'permissions': [('disclose_member', 'Can hand over all that is kept of a member')],
                'constraints': [models.UniqueConstraint(fields=('issuer', 'sub'), name='member_one_per_account'), models.UniqueConstraint(fields=('wester_id',), name='member_one_per_wester_id'), models.CheckConstraint(condition=models.Q(('wester_id__regex', '^[A-Za-z0-9_-]{1,40}$')), name='member_wester_id_is_identifier'), models.CheckConstraint(condition=models.Q(models.Q(('issuer', ''), _negated=True), models.Q(('sub', ''), _negated=True)), name='member_account_is_named')],
            },
        ),
        migrations.CreateModel(
            name='CourseMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('series_code', models.CharField(db_collation='C', max_length=40)),
                ('course', models.CharField(db_collation='C', max_length=40)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('series_code', 'wester_id', 'campaign'), name='coursemember_once')],
            },
        ),
        migrations.CreateModel(
            name='LookUpCount',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('hour', models.DateTimeField(db_comment='The beginning of the hour of the clock.')),
                ('look_ups', models.IntegerField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('look_ups__gte', 1)), name='lookupcount_of_one_look_up_at_least')],
            },
        ),
        migrations.CreateModel(
            name='MemberCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(db_collation='C', db_comment="Random: the page's address.", max_length=32)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('answered', 'Answered'), ('call_back', 'To be called back'), ('opinion', 'Opinion or complaint'), ('handed_over', 'Handed over to a superior'), ('identified', 'Identity checked: right'), ('not_identified', 'Identity checked: wrong')], max_length=14)),
                ('text', models.TextField(blank=True, db_default='')),
                ('noted_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(db_comment='The campaign that the page showed; null: none was chosen.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.campaign')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='entries.membercase')),
            ],
            options={
                'default_permissions': ('add',),
            },
        ),
        migrations.AddIndex(
            model_name='membercase',
            index=models.Index(fields=['wester_id', 'opened_at'], name='membercase_of_a_member'),
        ),
        migrations.AddIndex(
            model_name='membercase',
            index=models.Index(fields=['opened_by', 'opened_at'], name='membercase_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='membercase',
            constraint=models.UniqueConstraint(fields=('token',), name='membercase_one_per_token'),
        ),
        migrations.AddConstraint(
            model_name='membercase',
            constraint=models.CheckConstraint(condition=models.Q(('token__regex', '^[A-Za-z0-9_-]{32}$')), name='membercase_token_is_random'),
        ),
        migrations.AddConstraint(
            model_name='membercase',
            constraint=models.CheckConstraint(condition=models.Q(('wester_id__regex', '^[A-Za-z0-9_-]{1,40}$')), name='membercase_wester_id_is_identifier'),
        ),
        migrations.AddIndex(
            model_name='casenote',
            index=models.Index(condition=models.Q(('kind', 'handed_over')), fields=['-noted_at'], name='casenote_handed_over'),
        ),
        migrations.AddConstraint(
            model_name='casenote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['identified', 'not_identified']), ('text', '')), models.Q(('kind__in', ['answered', 'call_back', 'opinion', 'handed_over']), models.Q(('text', ''), _negated=True)), _connector='OR'), name='casenote_says_what'),
        ),
        migrations.AddConstraint(
            model_name='casenote',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 1000)), name='casenote_text_is_short'),
        ),
        load_sql('entries', 'member_triggers', 'entryrow_triggers', 'membershiprow_triggers'),
    ]
